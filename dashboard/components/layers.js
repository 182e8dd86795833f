// A picture in layers: the photograph, its heat map, the outline of its object. Shared by the
// gallery and the case view.

const GRID_ZOOM = 24;

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
