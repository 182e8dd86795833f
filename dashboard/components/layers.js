// A picture in layers: the photograph, its heat map, the outline of its object. Shared by the
// gallery and the case view. Data only ever reaches the page as text or as a picture's source.

const DISPLAY_KEY = "auditor.display";
const GRID_ZOOM = 24;

function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined && text !== null) node.textContent = String(text);
  return node;
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/** What is shown, the same in every view and after a reload. */
function loadDisplay() {
  const usual = { heat: true, mask: true, original: false, opacity: 0.65 };
  try {
    return { ...usual, ...JSON.parse(localStorage.getItem(DISPLAY_KEY) || "{}"), original: false };
  } catch {
    return usual;
  }
}

function saveDisplay(display) {
  try {
    localStorage.setItem(DISPLAY_KEY, JSON.stringify(display));
  } catch {
    // Private windows may refuse; the display then lasts as long as the page.
  }
}

/** For each of `pixels` places along an axis of `cells`: the cells around it and the nearness of
 * the second, between their centres and clamped at the border, as the scores see the map. */
function between(pixels, cells) {
  return Array.from({ length: pixels }, (_, pixel) => {
    const place = Math.min(Math.max(((pixel + 0.5) / pixels) * cells - 0.5, 0), cells - 1);
    const low = Math.floor(place);
    return { low, high: Math.min(low + 1, cells - 1), share: place - low };
  });
}

/** 256 pixels from cold to hot, as a canvas stores them; what is cold is clear. */
function heatPixels(colours) {
  const pixels = new Uint8ClampedArray(1024);
  for (let level = 0; level < 256; level++) {
    pixels.set(colours.subarray(level * 3, level * 3 + 3), level * 4);
    pixels[level * 4 + 3] = 255 * Math.sqrt(level / 255);
  }
  return new Uint32Array(pixels.buffer);
}

function paintHeat(canvas, heat, colours) {
  const grid = bytes(heat.grid);
  const low = grid.reduce((least, value) => Math.min(least, value), 255);
  const high = grid.reduce((most, value) => Math.max(most, value), 0);
  const scale = high > low ? 255 / (high - low) : 0;
  canvas.width = heat.width * GRID_ZOOM;
  canvas.height = heat.height * GRID_ZOOM;
  const context = canvas.getContext("2d");
  const picture = context.createImageData(canvas.width, canvas.height);
  const target = new Uint32Array(picture.data.buffer);
  const palette = heatPixels(colours);
  const across = between(canvas.width, heat.width);
  const line = new Float64Array(heat.width);
  let index = 0;
  for (const row of between(canvas.height, heat.height)) {
    for (let cell = 0; cell < heat.width; cell++) {
      const upper = grid[row.low * heat.width + cell];
      line[cell] = upper + (grid[row.high * heat.width + cell] - upper) * row.share - low;
    }
    for (const { low: left, high: right, share } of across) {
      const value = line[left] + (line[right] - line[left]) * share;
      target[index++] = palette[Math.round(value * scale)];
    }
  }
  context.putImageData(picture, 0, 0);
}

/** `shown`: {picture, heat: {grid, height, width} | null, contour | null, alt, missing | null}. */
function layeredPicture(shown, colours) {
  const frame = element("div", "layers");
  if (!shown.picture) {
    frame.append(element("p", "missing", shown.missing || "The picture cannot be shown."));
    return frame;
  }
  const photograph = element("img", "photograph");
  photograph.alt = shown.alt;
  photograph.src = shown.picture;
  photograph.draggable = false;
  frame.append(photograph);
  if (shown.heat) {
    const canvas = element("canvas", "heat");
    paintHeat(canvas, shown.heat, colours);
    frame.append(canvas);
  }
  if (shown.contour) {
    const outline = element("img", "contour");
    outline.alt = "";
    outline.src = shown.contour;
    frame.append(outline);
  }
  return frame;
}

function applyDisplay(root, display) {
  root.classList.toggle("no-heat", display.original || !display.heat);
  root.classList.toggle("no-mask", display.original || !display.mask);
  root.style.setProperty("--opacity", display.opacity.toFixed(2));
}

function toggleButton(key, name, onPress) {
  const button = element("button", "toggle");
  button.type = "button";
  button.append(element("span", "", name), element("kbd", "", key));
  button.addEventListener("click", onPress);
  return button;
}

/** Buttons and keys for what is shown; `onChange` is called after every change. */
function displayControls(display, onChange) {
  const bar = element("div", "display");
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "What is shown");
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
    heat: toggleButton("H", "Heat map", flip("heat")),
    mask: toggleButton("M", "Outline", flip("mask")),
    original: toggleButton("O", "Original", flip("original")),
  };
  const slider = element("input");
  slider.type = "range";
  [slider.min, slider.max, slider.step] = ["0.1", "1", "0.05"];
  slider.setAttribute("aria-label", "Strength of the heat map");
  slider.addEventListener("input", () => change(() => (display.opacity = Number(slider.value))));
  const strength = element("label", "strength");
  strength.append(element("kbd", "", "−"), slider, element("kbd", "", "+"));
  strength.title = "Strength of the heat map";
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
