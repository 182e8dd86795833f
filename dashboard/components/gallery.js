// The gallery: a page of cards, a cursor, one key a decision. What is decided, and where the
// reviewer is, is the session's (session.js); this draws it.

const instances = new WeakMap();

class Gallery {
  constructor(root, session) {
    this.root = root;
    this.session = session;
    this.display = loadDisplay();
    this.grid = root.querySelector(".cards");
    this.cards = [];
  }

  /** The words come with the scope, so what carries them is built with it. */
  build(scope) {
    const { session } = this;
    const { words } = scope;
    const controls = displayControls(this.display, words, () => applyDisplay(this.grid, this.display));
    this.help = keyHelp(scope.help, words);
    this.dialog = noteDialog(session);
    this.answers = answerBar(session);
    this.line = noticeLine();
    this.waiting = waitingLine(session);
    this.undoButton = toggleButton("U", words.undo, () => session.undo());
    this.marked = element("span", "marked");
    this.marked.setAttribute("role", "status");
    this.pager = element("div", "pager");
    const tools = element("div", "bar");
    const help = toggleButton("?", words.keys, () => this.help.showModal());
    const note = toggleButton("N", words.note, () => this.write());
    tools.append(controls.bar, this.undoButton, note, help, this.marked, this.waiting.node, this.pager);
    const top = this.root.querySelector(".top");
    const first = welcome(scope.welcome, words);
    top.replaceChildren(...[first, this.answers.node, tools, this.line.node].filter(Boolean));
    this.root.querySelector(".dialogs").replaceChildren(this.help, this.dialog.dialog);
    this.grid.setAttribute("aria-label", words.cases);
    applyDisplay(this.grid, this.display);
    this.forget?.forEach((stop) => stop());
    this.forget = [listenToKeys(this.keys(controls.keys)), takeKeysBack(this.grid)];
  }

  keys(displayKeys) {
    const { session } = this;
    const columns = () => {
      const tops = this.cards.map((card) => card.node.offsetTop);
      return Math.max(1, tops.filter((top) => top === tops[0]).length);
    };
    const page = () => session.list.chunkOf(session.index);
    const keys = {
      ...displayKeys,
      j: () => session.move(1),
      k: () => session.move(-1),
      ArrowRight: () => session.move(1),
      ArrowLeft: () => session.move(-1),
      ArrowDown: () => this.step(columns()),
      ArrowUp: () => this.step(-columns()),
      PageDown: () => session.turn(page() + 1),
      PageUp: () => session.turn(page() - 1),
      Enter: () => this.open(),
      u: () => session.undo(),
      n: () => this.write(),
      x: () => this.mark(),
      a: () => this.markAll(),
      Escape: () => session.letGo(),
      "?": () => this.help.showModal(),
    };
    for (const choice of session.scope.answers) keys[choice.key] = () => session.decide(choice);
    return unlessOpen(this.help, [this.dialog.dialog], keys);
  }

  update(scope, send) {
    const before = this.scope;
    this.scope = scope;
    this.colours ??= bytes(scope.colours);
    this.session.begin(scope);
    if (before?.build !== scope.build) this.build(scope);
    this.session.attach(this, send);
    if (before && before.key !== scope.key) leaveSidebar(this.grid);
  }

  notice(text, kind) {
    this.line.show(text, kind);
  }

  draw() {
    if (!this.answers) return;
    const { session } = this;
    this.drawPage();
    this.cards.forEach((card) => drawCard(card, session));
    this.drawCursor();
    this.answers.draw();
    this.waiting.draw();
    this.undoButton.disabled = !session.undoable?.steps.length;
    const count = session.marked().length;
    this.marked.textContent = count ? say(session.words.marked, { n: count }) : "";
    this.grid.classList.toggle("loading", session.pending !== null);
  }

  /** The cards of the page that the cursor is on, made anew where the page is another one. */
  drawPage() {
    const { session, scope } = this;
    const place = Math.max(0, Math.min(Math.floor(session.index), scope.total - 1));
    const chunk = session.list.chunkOf(place);
    this.drawPager(chunk);
    const first = chunk * scope.perPage;
    const shown = [];
    for (let at = first; at < Math.min(first + scope.perPage, scope.total); at++) {
      if (session.list.cards.has(at)) shown.push([at, session.list.cards.get(at)]);
    }
    const sheet = `${scope.key} ${scope.build} ${chunk} ${shown.length} ${session.revealed}`;
    if (sheet === this.sheet) return;
    this.sheet = sheet;
    this.cards = shown.map(([at, card]) => ({ at, ...this.card(at, card) }));
    this.grid.replaceChildren(...this.cards.map((card) => card.node));
    this.placed = null;
  }

  card(at, shown) {
    const { session } = this;
    return caseCard(shown, this.scope, this.colours, {
      open: () => session.go("open", shown.id),
      place: () => session.land(at),
      mark: () => session.mark(shown.id),
      decide: (choice) => session.decide(choice),
    });
  }

  drawPager(chunk) {
    const { session } = this;
    const pages = session.list.chunks();
    const turn = (to) => session.turn(to);
    const previous = toggleButton("PgUp", "‹", () => turn(chunk - 1));
    const next = toggleButton("PgDn", "›", () => turn(chunk + 1));
    previous.setAttribute("aria-label", session.words.previousPage);
    next.setAttribute("aria-label", session.words.nextPage);
    previous.disabled = chunk <= 0;
    next.disabled = chunk + 1 >= pages;
    const text = say(session.words.page, { page: chunk + 1, pages });
    if (this.pager.dataset.text === text) return;
    this.pager.dataset.text = text;
    this.pager.replaceChildren(previous, element("span", "", text), next);
    this.pager.hidden = pages <= 1;
  }

  drawCursor() {
    const { session } = this;
    const at = session.pending === null ? session.index : null;
    for (const card of this.cards) {
      if (card.at === at) card.node.setAttribute("aria-current", "true");
      else card.node.removeAttribute("aria-current");
    }
    const current = this.cards.find((card) => card.at === at);
    if (!current) return;
    const page = session.list.chunkOf(at);
    const cursor = at === 0 ? "" : current.shown.id;
    followAddress({ page: page ? String(page + 1) : "", cursor, case: "" }, false);
    if (this.placed === at) return;
    // Where a list begins nothing moves: the count above it stays in sight.
    if (at > 0 || this.arrived) current.node.scrollIntoView({ block: "nearest" });
    this.arrived = true;
    this.placed = at;
  }

  step(by) {
    const { session } = this;
    const place = session.index + by;
    if (this.cards.some((card) => card.at === place)) session.goTo(place);
  }

  open() {
    if (this.session.current()) this.session.go("open");
  }

  write() {
    const card = this.session.current();
    if (card && !this.scope.readonly) this.dialog.open(card.id, this.session.said(card.id).note);
  }

  mark() {
    const card = this.session.current();
    if (!card) return;
    this.session.mark(card.id);
    this.step(1);
  }

  markAll() {
    if (this.scope.readonly) return;
    for (const { shown } of this.cards) this.session.marks.add(shown.id);
    this.draw();
  }
}

export default function ({ data, parentElement, setStateValue }) {
  const session = decisionSession();
  let gallery = instances.get(parentElement);
  if (!gallery) {
    gallery = new Gallery(parentElement, session);
    instances.set(parentElement, gallery);
  }
  gallery.update(data.scope, setStateValue);
  return () => {
    gallery.forget?.forEach((stop) => stop());
    session.end(gallery);
    instances.delete(parentElement);
  };
}
