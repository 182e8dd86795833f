// The gallery: cards worst first, a cursor, one key a decision. See components/gallery.py for the
// data. Everything that needs no server (cursor, layers, opacity) stays here.

const HELP = [
  [["1"], "Confirm the finding, on to the next"],
  [["2"], "Dismiss the finding, on to the next"],
  [["3"], "Unsure, on to the next"],
  [["U"], "Undo the last decision"],
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
    this.undoButton = toggleButton("U", "Undo", () => this.undo());
    const help = toggleButton("?", "Keys", () => this.help.showModal());
    const bar = this.root.querySelector(".bar");
    this.pager = element("div", "pager");
    bar.append(controls.bar, this.undoButton, help, this.pager);
    this.root.querySelector(".gallery").append(this.help);
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
      "?": () => this.help.showModal(),
    };
    for (const choice of DECISIONS) keys[choice.key] = () => this.decide(choice.decision);
    return unlessOpen(this.help, keys);
  }

  update(data) {
    this.data = data;
    if (data.snapshot === this.page) return;
    const backwards = this.turning < 0;
    this.page = data.snapshot;
    this.turning = 0;
    this.history = [];
    const colours = bytes(data.colours);
    this.cards = data.cards.map((card, index) => this.card(card, index, colours));
    this.grid.replaceChildren(...this.cards.map((card) => card.node));
    this.drawPager();
    const wanted = this.cards.findIndex((card) => card.shown.id === data.cursor);
    const start = backwards ? this.cards.length - 1 : Math.max(wanted, 0);
    this.place(start, { scroll: backwards || wanted > 0 });
    this.drawUndo();
  }

  card(shown, index, colours) {
    const node = element("article", "card");
    node.id = `case-${shown.id}`;
    node.tabIndex = -1;
    const link = element("a", "picture");
    link.href = shown.link;
    link.tabIndex = -1;
    link.title = "Open the case (Enter)";
    link.append(layeredPicture(shown, colours));
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.open(index);
    });
    const chip = element("span", "chip");
    chip.style.setProperty("--verdict", shown.verdict.colour);
    chip.title = shown.verdict.meaning;
    chip.append(element("i", "", shown.verdict.sign), element("span", "", shown.verdict.name));
    const badge = element("span", "badge");
    node.append(link, chip, badge, this.facts(shown), this.buttons(index));
    node.addEventListener("click", () => this.place(index));
    const card = { node, badge, shown, review: shown.review, seq: 0 };
    this.drawReview(card);
    return card;
  }

  facts(shown) {
    const facts = element("div", "facts");
    const answer = element("div", "answer");
    answer.append(element("span", "label", shown.label), element("span", "arrow", "→"));
    answer.append(element("span", shown.correct ? "right" : "wrong", shown.predicted));
    answer.title = `labelled ${shown.label}, answered ${shown.predicted}`;
    if (!shown.correct) answer.append(element("span", "tag", "wrong"));
    const bar = element("div", "meter");
    bar.style.setProperty("--share", shown.confidence);
    const numbers = element("div", "numbers");
    numbers.append(
      element("span", "", `${Math.round(shown.confidence * 100)}% sure`),
      element("span", "", `severity ${shown.severity.toFixed(2)}`),
    );
    const why = element("p", "why", shown.reason);
    why.title = shown.reason;
    facts.append(answer, bar, numbers, why);
    return facts;
  }

  buttons(index) {
    const row = element("div", "decide");
    for (const choice of DECISIONS) {
      const press = (event) => {
        event.stopPropagation();
        this.place(index);
        this.decide(choice.decision);
      };
      row.append(decisionButton(choice, press));
    }
    return row;
  }

  drawReview(card) {
    const choice = DECISIONS.find((known) => known.decision === card.review);
    card.node.dataset.review = choice ? choice.decision : "";
    card.badge.textContent = choice ? `${choice.sign} ${choice.done}` : "";
    card.badge.classList.toggle("saving", card.seq > 0);
    for (const button of card.node.querySelectorAll(".decide button")) {
      button.setAttribute("aria-pressed", String(button.dataset.decision === card.review));
    }
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
    const card = this.cards[this.cursor];
    this.history.push({ index: this.cursor, review: card.review });
    this.record(card, decision);
    this.move(1);
  }

  undo() {
    const last = this.history.pop();
    if (!last || this.turning) return;
    this.record(this.cards[last.index], last.review || WITHDRAWN);
    this.place(last.index);
  }

  record(card, decision) {
    card.review = decision === WITHDRAWN ? "" : decision;
    card.seq = this.outbox.put({ kind: "decide", case: card.shown.id, decision });
    this.drawReview(card);
    this.drawUndo();
  }

  saved(instance, seq) {
    if (instance !== this.outbox.instance) return;
    this.outbox.saved(instance, seq);
    for (const card of this.cards) {
      if (card.seq && card.seq <= seq) {
        card.seq = 0;
        this.drawReview(card);
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
