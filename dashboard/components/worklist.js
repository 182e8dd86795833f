// The cases of the list that are in the browser, by their place. The list is settled when a filter
// is set; its cards come in chunks, of which the next ones are fetched ahead.

const AHEAD = 4;
const CHUNKS_A_REQUEST = 3;
const CHUNKS_KEPT = 14;

class Worklist {
  constructor() {
    this.scope = null;
    this.cards = new Map();
    this.parked = [];
  }

  /** True where this is another list than before. */
  begin(scope) {
    const other = !this.scope || this.scope.key !== scope.key;
    this.scope = scope;
    if (other) this.cards.clear();
    const early = this.parked;
    this.parked = [];
    early.forEach((chunk) => this.take(chunk));
    return other;
  }

  take(chunk) {
    if (!this.scope || chunk.key !== this.scope.key) this.parked = [...this.parked.slice(-3), chunk];
    else chunk.cards.forEach((card, place) => this.cards.set(chunk.first + place, card));
  }

  chunkOf(index) {
    return Math.floor(Math.max(0, index) / this.scope.perPage);
  }

  chunks() {
    return Math.max(1, Math.ceil(this.scope.total / this.scope.perPage));
  }

  has(chunk) {
    const first = chunk * this.scope.perPage;
    return this.cards.has(first) && this.cards.has(Math.min(first + this.scope.perPage, this.scope.total) - 1);
  }

  /** Chunks that are wanted around a place and not here yet, the most urgent first. */
  missing(index) {
    if (!this.scope.total) return [];
    const here = this.chunkOf(index);
    const wanted = [here, here + 1, here - 1];
    for (let step = 2; step <= AHEAD; step++) wanted.push(here + step);
    const lacking = (c) => c >= 0 && c < this.chunks() && !this.has(c);
    return wanted.filter(lacking).slice(0, CHUNKS_A_REQUEST);
  }

  /** Forget what lies far from a place. */
  trim(index) {
    const reach = (CHUNKS_KEPT / 2) * this.scope.perPage;
    for (const place of this.cards.keys()) {
      if (Math.abs(place - index) > reach) this.cards.delete(place);
    }
  }

  placeOf(id) {
    for (const [place, card] of this.cards) if (card.id === id) return place;
    return null;
  }
}
