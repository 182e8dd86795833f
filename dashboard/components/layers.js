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

/** Bilinear between the centres of the map's cells, clamped at the border, as the scores see it. */
function sample(grid, height, width, y, x) {
  const clamp = (value, size) => Math.min(Math.max(value, 0), size - 1);
  const fy = clamp(y * height - 0.5, height);
  const fx = clamp(x * width - 0.5, width);
  const [top, left] = [Math.floor(fy), Math.floor(fx)];
  const [bottom, right] = [clamp(top + 1, height), clamp(left + 1, width)];
  const [dy, dx] = [fy - top, fx - left];
  const at = (row, column) => grid[row * width + column];
  const upper = at(top, left) * (1 - dx) + at(top, right) * dx;
  const lower = at(bottom, left) * (1 - dx) + at(bottom, right) * dx;
  return upper * (1 - dy) + lower * dy;
}

function paintHeat(canvas, heat, colours) {
  const grid = bytes(heat.grid);
  const [height, width] = [heat.height, heat.width];
  const low = grid.reduce((least, value) => Math.min(least, value), 255);
  const high = grid.reduce((most, value) => Math.max(most, value), 0);
  canvas.width = width * GRID_ZOOM;
  canvas.height = height * GRID_ZOOM;
  const context = canvas.getContext("2d");
  const picture = context.createImageData(canvas.width, canvas.height);
  for (let row = 0, index = 0; row < canvas.height; row++) {
    for (let column = 0; column < canvas.width; column++, index += 4) {
      const y = (row + 0.5) / canvas.height;
      const x = (column + 0.5) / canvas.width;
      const value = sample(grid, height, width, y, x);
      const level = high > low ? (value - low) / (high - low) : 0;
      const colour = Math.min(255, Math.round(level * 255)) * 3;
      picture.data[index] = colours[colour];
      picture.data[index + 1] = colours[colour + 1];
      picture.data[index + 2] = colours[colour + 2];
      picture.data[index + 3] = 255 * Math.sqrt(level);
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
