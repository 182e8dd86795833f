// What is said of cases, and what can be taken back.

const WITHDRAWN = "withdrawn";
const NOTED = "noted";
const MOST_UNDONE = 200;

/** By the server, and by the reviewer before the server knows: {review, note, reasons, by}. */
class Sayings {
  constructor() {
    [this.standing, this.local, this.ticks] = [new Map(), new Map(), new Map()];
  }

  clear() {
    for (const stored of [this.standing, this.local, this.ticks]) stored.clear();
  }

  learn(id, said, pending) {
    this.standing.set(id, said);
    if (!pending) this.local.delete(id);
  }

  /** review is "" where nobody decided; `card` is what the server said with the picture. */
  of(id, card) {
    const nothing = { review: "", note: "", reasons: [], by: "" };
    return this.local.get(id) ?? this.standing.get(id) ?? card?.said ?? nothing;
  }

  /** What is said as soon as it is said; `before` is what was said until then. */
  overlay({ case: id, decision, note, reasons, reviewer }, before) {
    if (decision === WITHDRAWN) return;
    if (decision === NOTED) this.local.set(id, { ...before, note });
    else this.local.set(id, { review: decision, note: before.note, reasons, by: reviewer });
  }
}

/** What was decided in this tab, newest last; it survives a reload. */
class Undoable {
  constructor(key) {
    this.key = key;
    this.steps = kept(() => JSON.parse(sessionStorage.getItem(key)), []);
  }

  push(step) {
    this.steps = [...this.steps, step].slice(-MOST_UNDONE);
    this.save();
  }

  last() {
    return this.steps.at(-1);
  }

  pop() {
    const step = this.steps.pop();
    this.save();
    return step;
  }

  save() {
    kept(() => sessionStorage.setItem(this.key, JSON.stringify(this.steps)));
  }
}
