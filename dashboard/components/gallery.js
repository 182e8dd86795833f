// The gallery: cards worst first, a cursor, one key a decision. See components/gallery.py for the
// data. Everything that needs no server (cursor, layers, opacity) stays here.

const HELP = [
  [["1"], "Confirm the finding, on to the next"],
  [["2"], "Dismiss the finding, on to the next"],
  [["3"], "Unsure, on to the next"],
  [["U"], "Undo the last decision"],
  [["N"], "Write a note"],
  [["X"], "Mark the case; 1, 2, 3 then decide all marked ones"],
  [["A"], "Mark the whole page"],
  [["Esc"], "Let go of the marks"],
  [["J", "→"], "Next case"],
  [["K", "←"], "Previous case"],
  [["↓", "↑"], "Row below, row above"],
  [["Enter"], "Open the case"],
  [["PgDn", "PgUp"], "Next page, previous page"],
  [["H"], "Heat map on or off"],
  [["M"], "Outline of the object on or off"],
  [["O"], "Original picture only"],
  [["+", "−"], "Stronger or weaker heat map"],
  [["?"], "This help"],
];

const instances = new WeakMap();

class Gallery {
  constructor(root) {
    this.root = root;
    this.outbox = new Outbox((name, value) => this.send(name, value));
    this.display = loadDisplay();
    this.cursor = 0;
    this.page = null;
    this.history = [];
    this.grid = root.querySelector(".cards");
    this.build();
    this.forget = [
      listenToKeys(this.keys()),
      listenToSaved((instance, seq) => this.saved(instance, seq)),
    ];
  }

  build() {
    const controls = displayControls(this.display, () => applyDisplay(this.grid, this.display));
    this.displayKeys = controls.keys;
    this.help = keyHelp(HELP);
    this.note = noteDialog((decision, note) => this.save(decision, note));
    this.undoButton = toggleButton("U", "Undo", () => this.undo());
    this.marked = element("span", "marked");
    this.marked.setAttribute("role", "status");
    const help = toggleButton("?", "Keys", () => this.help.showModal());
    const bar = this.root.querySelector(".bar");
    this.pager = element("div", "pager");
    bar.append(controls.bar, this.undoButton, help, this.marked, this.pager);
    this.root.querySelector(".gallery").append(this.help, this.note.dialog);
    applyDisplay(this.grid, this.display);
  }

  keys() {
    const columns = () => {
      const tops = this.cards.map((card) => card.node.offsetTop);
      return Math.max(1, tops.filter((top) => top === tops[0]).length);
    };
    const keys = {
      ...this.displayKeys,
      j: () => this.move(1),
      k: () => this.move(-1),
      ArrowRight: () => this.move(1),
      ArrowLeft: () => this.move(-1),
      ArrowDown: () => this.move(columns()),
      ArrowUp: () => this.move(-columns()),
      PageDown: () => this.turn(this.data.page + 1),
      PageUp: () => this.turn(this.data.page - 1),
      Enter: () => this.open(this.cursor),
      u: () => this.undo(),
      n: () => this.write(),
      x: () => this.mark(this.cursor, true),
      a: () => this.markAll(),
      Escape: () => this.letGo(),
      "?": () => this.help.showModal(),
    };
    for (const choice of DECISIONS) keys[choice.key] = () => this.decide(choice.decision);
    return unlessOpen(this.help, this.note.dialog, keys);
  }

  update(data) {
    this.data = data;
    if (data.snapshot === this.page) return;
    const backwards = this.turning < 0;
    this.page = data.snapshot;
    this.turning = 0;
    if (data.scope !== this.scope) this.history = [];
    this.scope = data.scope;
    const colours = bytes(data.colours);
    this.cards = data.cards.map((card, index) => this.card(card, index, colours));
    this.grid.replaceChildren(...this.cards.map((card) => card.node));
    this.drawPager();
    const wanted = this.cards.findIndex((card) => card.shown.id === (this.returning || data.cursor));
    const start = backwards && !this.returning ? this.cards.length - 1 : Math.max(wanted, 0);
    this.returning = null;
    this.place(start, { scroll: backwards || wanted > 0 });
    this.drawUndo();
    this.drawMarks();
  }

  card(shown, index, colours) {
    const card = caseCard(shown, colours, {
      open: () => this.open(index),
      place: () => this.place(index),
      mark: () => this.mark(index, false),
      decide: (decision) => this.decide(decision),
    });
    drawReview(card);
    return card;
  }

  drawPager() {
    const { page, pages } = this.data;
    const previous = toggleButton("PgUp", "‹", () => this.turn(page - 1));
    const next = toggleButton("PgDn", "›", () => this.turn(page + 1));
    previous.setAttribute("aria-label", "Previous page");
    next.setAttribute("aria-label", "Next page");
    previous.disabled = page <= 1;
    next.disabled = page >= pages;
    this.pager.replaceChildren(previous, element("span", "", `Page ${page} of ${pages}`), next);
    this.pager.hidden = pages <= 1;
  }

  drawUndo() {
    this.undoButton.disabled = this.history.length === 0;
  }

  place(index, { scroll = true } = {}) {
    if (!this.cards.length) return;
    const before = this.cards[this.cursor];
    if (before) before.node.removeAttribute("aria-current");
    this.cursor = Math.min(Math.max(index, 0), this.cards.length - 1);
    const node = this.cards[this.cursor].node;
    node.setAttribute("aria-current", "true");
    if (scroll) node.scrollIntoView({ block: "nearest" });
  }

  move(step) {
    const target = this.cursor + step;
    const across = Math.abs(step) === 1;
    if (across && target >= this.cards.length) this.turn(this.data.page + 1);
    else if (across && target < 0) this.turn(this.data.page - 1);
    else this.place(target);
  }

  turn(page) {
    // While a page is on its way the cards on the screen are the ones that keys mean.
    if (page < 1 || page > this.data.pages || this.turning) return;
    this.turning = page < this.data.page ? -1 : 1;
    this.outbox.put({ kind: "page", page });
  }

  open(index) {
    this.outbox.put({ kind: "open", case: this.cards[index].shown.id });
  }

  decide(decision) {
    if (this.data.readonly || !this.cards.length || this.turning) return;
    const marked = this.cards.filter((card) => card.marked);
    const meant = marked.length ? marked : [this.cards[this.cursor]];
    this.remember(meant);
    for (const card of meant) this.record(card, decision);
    if (marked.length) this.letGo();
    else this.move(1);
  }

  remember(cards) {
    const { page } = this.data;
    this.history.push(cards.map(({ shown, review, note }) => ({ id: shown.id, review, note, page })));
  }

  // Taking back is always one's own: what stood before, whoever said it, stands again.
  undo() {
    if (this.turning) return;
    const last = this.history.pop();
    if (!last) return;
    for (const { id, review, note } of last) {
      const card = this.cards.find((known) => known.shown.id === id);
      const seq = this.outbox.put({ kind: "decide", case: id, decision: WITHDRAWN });
      if (card) Object.assign(card, { review, note, seq });
      if (card) drawReview(card);
    }
    this.drawUndo();
    this.comeBack(last[0]);
  }

  comeBack({ id, page }) {
    const index = this.cards.findIndex((card) => card.shown.id === id);
    if (index >= 0) this.place(index);
    else {
      this.returning = id;
      this.turn(page);
    }
  }

  write() {
    if (this.data.readonly || !this.cards.length || this.turning) return;
    const card = this.cards[this.cursor];
    this.note.open(card.review, card.note);
  }

  save(decision, note) {
    const card = this.cards[this.cursor];
    this.remember([card]);
    card.note = note;
    this.record(card, decision, note);
  }

  mark(index, andOn) {
    if (this.data.readonly || this.turning) return;
    this.cards[index].marked = !this.cards[index].marked;
    this.drawMarks();
    if (andOn && index + 1 < this.cards.length) this.place(index + 1);
  }

  markAll() {
    if (this.data.readonly || this.turning) return;
    for (const card of this.cards) card.marked = true;
    this.drawMarks();
  }

  letGo() {
    for (const card of this.cards) card.marked = false;
    this.drawMarks();
  }

  drawMarks() {
    for (const card of this.cards) drawMark(card);
    const count = this.cards.filter((card) => card.marked).length;
    this.marked.textContent = count ? `${count} marked: 1, 2 or 3 decides them, Esc lets go` : "";
  }

  record(card, decision, note = "") {
    card.review = decision;
    card.seq = this.outbox.put({ kind: "decide", case: card.shown.id, decision, note });
    drawReview(card);
    this.drawUndo();
  }

  saved(instance, seq) {
    if (instance !== this.outbox.instance) return;
    this.outbox.saved(instance, seq);
    for (const card of this.cards) {
      if (card.seq && card.seq <= seq) {
        card.seq = 0;
        drawReview(card);
      }
    }
  }
}

export default function ({ data, parentElement, setStateValue }) {
  let gallery = instances.get(parentElement);
  if (!gallery) {
    gallery = new Gallery(parentElement);
    instances.set(parentElement, gallery);
  }
  gallery.send = setStateValue;
  gallery.update(data);
  return () => {
    gallery.forget.forEach((stop) => stop());
    instances.delete(parentElement);
  };
}
