// What the map is made of, kept for the tab: components/atlas.py sends it as bytes, once a change.
// A message is: length of the header (uint32), header (JSON, padded to 8 bytes), arrays.

const POINTS = Symbol.for("auditor.points");

function pointStore() {
  window[POINTS] ??= { listeners: new Set() };
  return window[POINTS];
}

/** Header and a function that gives the arrays in their order: `take(Kind, length)`. */
function unpack(message) {
  const copy = Uint8Array.from(message);
  const length = new Uint32Array(copy.buffer, 0, 1)[0];
  const header = JSON.parse(new TextDecoder().decode(copy.subarray(4, 4 + length)));
  let at = 4 + length;
  const take = (Kind, count) => {
    const found = new Kind(copy.buffer.slice(at, at + count * Kind.BYTES_PER_ELEMENT));
    at += count * Kind.BYTES_PER_ELEMENT;
    return found;
  };
  return { header, take };
}

function learn(part) {
  const store = pointStore();
  Object.assign(store, part);
  for (const listener of store.listeners) listener();
}
