// A region of the map: a polygon in whole thousandths, as it stands in the address. The server
// (runs/regions.py) tests points by the same formula on the same numbers.

const REGION_STEP = 1000;
const MOST_CORNERS = 64;
const ROWS = 4096;

/** Corners of a path of [x, y] in the map's unit; null for fewer than three different ones. */
function regionOf(path) {
  const every = Math.max(1, path.length / MOST_CORNERS);
  const corners = [];
  for (let place = 0; place < path.length; place += every) {
    const [x, y] = path[Math.floor(place)];
    const corner = [Math.round(x * REGION_STEP), Math.round(y * REGION_STEP)];
    const last = corners[corners.length - 1];
    if (!last || last[0] !== corner[0] || last[1] !== corner[1]) corners.push(corner);
  }
  return corners.length >= 3 ? corners.slice(0, MOST_CORNERS) : null;
}

function regionText(corners) {
  return corners.map(([x, y]) => `${x}.${y}`).join("_");
}

function regionFrom(text) {
  return text ? text.split("_").map((corner) => corner.split(".").map(Number)) : null;
}

/** Between two heights at which corners lie the same edges are crossed: [{top, edges}], rising. */
function slabs(corners) {
  const points = corners.map(([x, y]) => [x / REGION_STEP, y / REGION_STEP]);
  const edges = points.map((from, place) => [...from, ...points[(place + 1) % points.length]]);
  const heights = [...new Set(points.map(([, y]) => y))].sort((a, b) => a - b);
  return heights.slice(1).map((top, place) => {
    const low = heights[place];
    const crossing = edges.filter(([, y1, , y2]) => Math.min(y1, y2) <= low && Math.max(y1, y2) >= top);
    return { top, edges: Float64Array.from(crossing.flat()) };
  });
}

/** 1 for every point that the polygon encloses an odd number of times. */
function pointsInside(corners, xs, ys) {
  const inside = new Uint8Array(xs.length);
  const layers = slabs(corners);
  const across = corners.map(([x]) => x / REGION_STEP);
  const up = corners.map(([, y]) => y / REGION_STEP);
  const [left, right] = [Math.min(...across), Math.max(...across)];
  const [low, high] = [Math.min(...up), Math.max(...up)];
  // Rows of equal height: the slab in which each begins; the right one is that or one soon after.
  const rows = ROWS / (high - low);
  const table = new Uint8Array(ROWS + 1);
  for (let row = 1, layer = 0; row <= ROWS; row++) {
    // A row early, so that rounding never leads to a slab above the right one.
    while (layer < layers.length - 1 && layers[layer].top <= low + (row - 1) / rows) layer += 1;
    table[row] = layer;
  }
  for (let i = 0; i < xs.length; i++) {
    const x = xs[i];
    const y = ys[i];
    if (!(x >= left && x <= right && y >= low && y < high)) continue;
    let layer = table[((y - low) * rows) | 0];
    while (y >= layers[layer].top) layer += 1;
    const { edges } = layers[layer];
    let odd = 0;
    for (let e = 0; e < edges.length; e += 4) {
      const y1 = edges[e + 1];
      if (x < ((edges[e + 2] - edges[e]) * (y - y1)) / (edges[e + 3] - y1) + edges[e]) odd ^= 1;
    }
    inside[i] = odd;
  }
  return inside;
}
