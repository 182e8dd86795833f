// What is shown of a picture (heat map, outline, original): buttons and keys, kept in the browser.

const DISPLAY_KEY = "auditor.display";

/** What is shown, the same in every view and after a reload. */
function loadDisplay() {
  const usual = { heat: true, mask: true, original: false, opacity: 0.65 };
  const stored = kept(() => JSON.parse(localStorage.getItem(DISPLAY_KEY)), {});
  return { ...usual, ...stored, original: false };
}

function saveDisplay(display) {
  kept(() => localStorage.setItem(DISPLAY_KEY, JSON.stringify(display)));
}

function applyDisplay(root, display) {
  root.classList.toggle("no-heat", display.original || !display.heat);
  root.classList.toggle("no-mask", display.original || !display.mask);
  root.style.setProperty("--opacity", display.opacity.toFixed(2));
}

/** Buttons and keys for what is shown; `onChange` is called after every change. */
function displayControls(display, words, onChange) {
  const bar = element("div", "display");
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", words.shown);
  const change = (alter) => {
    alter();
    saveDisplay(display);
    refresh();
    onChange();
  };
  const flip = (name) => () =>
    change(() => {
      display[name] = !display[name];
      if (name !== "original" && display.original) {
        display.original = false;
        display[name] = true;
      }
    });
  const fade = (step) => () =>
    change(() => {
      display.opacity = Math.min(1, Math.max(0.1, display.opacity + step));
    });
  const buttons = {
    heat: toggleButton("H", words.heat, flip("heat")),
    mask: toggleButton("M", words.outline, flip("mask")),
    original: toggleButton("O", words.original, flip("original")),
  };
  const slider = element("input");
  slider.type = "range";
  [slider.min, slider.max, slider.step] = ["0.1", "1", "0.05"];
  slider.setAttribute("aria-label", words.strength);
  slider.addEventListener("input", () => change(() => (display.opacity = Number(slider.value))));
  const strength = element("label", "strength");
  strength.append(element("kbd", "", "−"), slider, element("kbd", "", "+"));
  strength.title = words.strength;
  bar.append(buttons.heat, buttons.mask, buttons.original, strength);
  const refresh = () => {
    for (const [name, button] of Object.entries(buttons)) {
      const on = name === "original" ? display.original : display[name] && !display.original;
      button.setAttribute("aria-pressed", String(on));
    }
    slider.value = String(display.opacity);
  };
  refresh();
  const keys = {
    h: flip("heat"),
    m: flip("mask"),
    o: flip("original"),
    "+": fade(0.1),
    "=": fade(0.1),
    "-": fade(-0.1),
  };
  return { bar, keys };
}
