// A million points on a canvas, painted pixel by pixel: no GPU needed, and nothing to load.

const MOST_SCALE = 400;
const BINS = 256;
const RADII = [[2_000, 4], [20_000, 3], [100_000, 2], [400_000, 1]];

class Scatter {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    [this.xs, this.ys] = [new Float32Array(0), new Float32Array(0)];
  }

  setPoints(xs, ys) {
    [this.xs, this.ys] = [xs, ys];
    let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < xs.length; i++) {
      if (xs[i] < left) left = xs[i];
      if (xs[i] > right) right = xs[i];
      if (ys[i] < low) low = ys[i];
      if (ys[i] > high) high = ys[i];
    }
    if (!(right >= left)) [left, right, low, high] = [-1, 1, -1, 1];
    this.bounds = { left, right, low, high, width: right - left || 1, height: high - low || 1 };
    this.index = null;
    this.home();
  }

  resize(width, height) {
    const ratio = window.devicePixelRatio || 1;
    [this.width, this.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    this.ratio = ratio;
    if (this.canvas.width === this.width && this.canvas.height === this.height) return;
    [this.canvas.width, this.canvas.height] = [this.width, this.height];
  }

  home() {
    const { left, low, width, height } = this.bounds;
    this.view = { x: left + width / 2, y: low + height / 2, zoom: 1 };
  }

  /** Pixels for a unit of the map. */
  get scale() {
    const { width, height } = this.bounds;
    return 0.92 * this.view.zoom * Math.min(this.width / width, this.height / height);
  }

  /** Place on the map of a place on the canvas, in CSS pixels. */
  toMap(px, py) {
    const { x, y } = this.view;
    return [
      x + (px * this.ratio - this.width / 2) / this.scale,
      y - (py * this.ratio - this.height / 2) / this.scale,
    ];
  }

  toCanvas(x, y) {
    return [
      ((x - this.view.x) * this.scale + this.width / 2) / this.ratio,
      (this.height / 2 - (y - this.view.y) * this.scale) / this.ratio,
    ];
  }

  zoom(factor, px, py) {
    const before = this.toMap(px, py);
    this.view.zoom = Math.min(MOST_SCALE, Math.max(1, this.view.zoom * factor));
    const after = this.toMap(px, py);
    this.view.x += before[0] - after[0];
    this.view.y += before[1] - after[1];
  }

  pan(dx, dy) {
    this.view.x -= (dx * this.ratio) / this.scale;
    this.view.y += (dy * this.ratio) / this.scale;
  }

  /** Dots of so many pixels around their middle: the fewer points, the larger. */
  dot() {
    const inView = this.xs.length / Math.min(this.view.zoom ** 2, 64);
    const radius = (RADII.find(([most]) => inView <= most)?.[1] ?? 0.5) * this.ratio;
    const reach = Math.floor(radius);
    const offsets = [];
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        if (dx * dx + dy * dy <= radius * radius) offsets.push(dy * this.width + dx);
      }
    }
    return { reach, offsets: Int32Array.from(offsets) };
  }

  /**
   * Paint every point: `codes[i]` is its place in `palette` (RGBA as a canvas stores it). Points for
   * which `vivid[i]` is 0 lie below the others, all in the colour `faint`; null makes all vivid.
   */
  draw(codes, palette, vivid, faint) {
    const image = this.context.createImageData(this.width, this.height);
    this.paint(new Uint32Array(image.data.buffer), codes, palette, vivid, faint);
    this.context.putImageData(image, 0, 0);
  }

  /** One pass, the worst cases last and so on top; what is faint only takes empty pixels. */
  paint(target, codes, palette, vivid, faint) {
    const { reach, offsets } = this.dot();
    const middles = this.middles(reach);
    // A million points are a pixel each.
    if (offsets.length === 1) {
      for (let i = middles.length - 1; i >= 0; i--) {
        const at = middles[i];
        if (at < 0) continue;
        if (!vivid || vivid[i]) target[at] = palette[codes[i]];
        else if (!target[at]) target[at] = faint;
      }
      return;
    }
    for (let i = middles.length - 1; i >= 0; i--) {
      const middle = middles[i];
      if (middle < 0) continue;
      if (!vivid || vivid[i]) {
        const colour = palette[codes[i]];
        for (let k = 0; k < offsets.length; k++) target[middle + offsets[k]] = colour;
      } else {
        for (let k = 0; k < offsets.length; k++) {
          if (!target[middle + offsets[k]]) target[middle + offsets[k]] = faint;
        }
      }
    }
  }

  /** The pixel of every point, -1 outside of the canvas; the same until the view moves, so that a
   * line or another colouring does not ask for it again. */
  middles(reach) {
    const { xs, ys, width, height, scale } = this;
    const { x, y, zoom } = this.view;
    const key = [x, y, zoom, width, height, reach].join(" ");
    if (this.placed?.key === key && this.placed.xs === xs) return this.placed.middles;
    const middles = this.placed?.xs === xs ? this.placed.middles : new Int32Array(xs.length);
    const left = width / 2 - x * scale;
    const top = height / 2 + y * scale;
    const [right, bottom] = [width - reach, height - reach];
    for (let i = 0; i < middles.length; i++) {
      const across = xs[i] * scale + left;
      const down = top - ys[i] * scale;
      // A point without a place is not inside, either.
      const there = across >= reach && across < right && down >= reach && down < bottom;
      middles[i] = there ? (down | 0) * width + (across | 0) : -1;
    }
    this.placed = { key, xs, middles };
    return middles;
  }

  /** Points by cells of a grid, for `nearest`; made when it is first asked. */
  cells() {
    if (this.index) return this.index;
    const { xs, ys } = this;
    const starts = new Uint32Array(BINS * BINS + 1);
    const cell = (i) => this.bin(ys[i], "low", "height") * BINS + this.bin(xs[i], "left", "width");
    for (let i = 0; i < xs.length; i++) if (xs[i] === xs[i]) starts[cell(i) + 1] += 1;
    for (let c = 0; c < BINS * BINS; c++) starts[c + 1] += starts[c];
    const order = new Uint32Array(xs.length);
    const next = starts.slice();
    for (let i = 0; i < xs.length; i++) if (xs[i] === xs[i]) order[next[cell(i)]++] = i;
    this.index = { starts, order };
    return this.index;
  }

  bin(value, origin, length) {
    const place = Math.floor(((value - this.bounds[origin]) / this.bounds[length]) * BINS);
    return Math.min(BINS - 1, Math.max(0, place));
  }

  /** The point that is nearest to a place on the canvas, at most `reach` CSS pixels away; -1. */
  nearest(px, py, reach, wanted) {
    const [x, y] = this.toMap(px, py);
    const far = (reach * this.ratio) / this.scale;
    const { starts, order } = this.cells();
    const [west, east] = [this.bin(x - far, "left", "width"), this.bin(x + far, "left", "width")];
    const [south, north] = [this.bin(y - far, "low", "height"), this.bin(y + far, "low", "height")];
    let [best, least] = [-1, far * far];
    for (let row = south; row <= north; row++) {
      for (let at = starts[row * BINS + west]; at < starts[row * BINS + east + 1]; at++) {
        const i = order[at];
        const away = (this.xs[i] - x) ** 2 + (this.ys[i] - y) ** 2;
        if (away < least && (!wanted || wanted[i])) [best, least] = [i, away];
      }
    }
    return best;
  }
}
