// One case, large: the question, the picture, the changed pictures that show most, one sentence.
// What is decided, and which case it is, is the session's (session.js); this draws it. A case whose
// details are still on their way is shown by what its card holds.

const AT_PAUSE_MS = 350;
const instances = new WeakMap();

class Viewer {
  constructor(root, session) {
    this.root = root;
    this.session = session;
    this.large = true;
    this.display = loadDisplay();
    this.stage = new Stage(root.querySelector(".stage"), () => this.askForPixels());
    this.windows = new WindowTool(root.querySelector(".window-tool"), {
      onPicture: (painter) => this.stage.paint(painter),
      ask: (id) => this.session.renew(id),
      notice: (text) => this.notice(text, "info"),
    });
    this.stage.tool = this.windows;
  }

  build(scope) {
    const { session } = this;
    const { words } = scope;
    const part = (name) => this.root.querySelector(`.${name}`);
    const controls = displayControls(this.display, words, () => applyDisplay(this.root, this.display));
    this.help = keyHelp(scope.help, words);
    this.dialog = noteDialog(session);
    this.answers = answerBar(session);
    this.line = noticeLine();
    this.waiting = waitingLine(session);
    this.previous = toggleButton("K", words.previous, () => session.move(-1));
    this.place = element("span", "place");
    this.next = toggleButton("J", words.next, () => session.move(1));
    this.undoButton = toggleButton("U", words.undo, () => session.undo());
    const note = toggleButton("N", words.note, () => this.write());
    const help = toggleButton("?", words.keys, () => this.help.showModal());
    const back = toggleButton("Esc", words.gallery, () => this.back());
    back.classList.add("last");
    const walk = [this.previous, this.place, this.next, this.undoButton, note];
    const bar = element("div", "bar");
    bar.append(...walk, controls.bar, help, this.waiting.node, back);
    part("top").replaceChildren(bar, this.answers.node, this.line.node);
    part("dialogs").replaceChildren(this.help, this.dialog.dialog);
    this.windows.build(words);
    applyDisplay(this.root, this.display);
    this.shown = "";
    this.forget?.forEach((stop) => stop());
    this.forget = [listenToKeys(this.keys(controls.keys)), takeKeysBack(part("case"))];
  }

  keys(displayKeys) {
    const { session } = this;
    const keys = {
      ...displayKeys,
      ...this.windows.keys,
      j: () => session.move(1),
      k: () => session.move(-1),
      ArrowRight: (event) => (event.shiftKey ? this.stage.pan(-1, 0) : session.move(1)),
      ArrowLeft: (event) => (event.shiftKey ? this.stage.pan(1, 0) : session.move(-1)),
      ArrowUp: (event) => event.shiftKey && this.stage.pan(0, 1),
      ArrowDown: (event) => event.shiftKey && this.stage.pan(0, -1),
      z: () => this.stage.closer(),
      0: () => this.stage.reset(),
      s: () => this.stage.flip(),
      u: () => session.undo(),
      n: () => this.write(),
      Escape: () => this.back(),
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
    if (before && before.key !== scope.key) leaveSidebar(this.root.querySelector(".case"));
  }

  notice(text, kind) {
    this.line.show(text, kind);
  }

  draw() {
    if (!this.answers) return;
    const { session, scope } = this;
    const card = session.current();
    this.root.classList.toggle("loading", !card);
    this.answers.draw();
    this.waiting.draw();
    this.previous.disabled = Math.ceil(session.index) <= 0;
    this.next.disabled = Math.floor(session.index) + 1 >= scope.total;
    this.undoButton.disabled = !session.undoable?.steps.length;
    const inList = Number.isInteger(session.index);
    const words = inList ? session.words.place : session.words.outside;
    this.place.textContent = say(words, { place: session.index + 1, total: scope.total });
    if (card) this.drawCase(card);
  }

  drawCase(card) {
    const detail = this.session.details.get(card.id);
    this.drawFacts(card);
    followAddress({ case: card.id, page: "", cursor: "" }, true);
    const sheet = `${card.id} ${detail?.stored} ${detail?.full} ${this.scope.build}`;
    if (sheet === this.shown) return;
    const arrived = !this.shown.startsWith(`${card.id} `);
    this.shown = sheet;
    if (arrived) this.stage.painter = null;
    this.stage.show(detail ?? card, this.colours, { keep: !arrived });
    this.windows.show(detail);
    const proof = this.root.querySelector(".proof");
    proof.replaceChildren(...proofs(detail, this.session.words));
    if (arrived) this.arrived(card);
  }

  drawFacts(card) {
    const { words } = this.session;
    const facts = this.root.querySelector(".told");
    const said = this.session.said(card.id);
    const sheet = `${card.id} ${said.review} ${said.note} ${said.by} ${this.scope.build} ${this.session.revealed}`;
    if (facts.dataset.sheet === sheet) return;
    facts.dataset.sheet = sheet;
    const title = element("h1");
    title.append(...answerLine(card, words).childNodes);
    const line = element("div", "verdict-line");
    line.append(verdictChip(card.verdict), element("span", "", card.verdict.meaning));
    const file = element("p", "file", `${card.image} · ${card.size}`);
    facts.replaceChildren(title, line, element("p", "sentence", card.reason), file);
    const choice = choiceOf(this.scope.answers, said);
    if (choice) facts.append(element("p", "decided", `${choice.sign} ${choice.done}${byWhom(said, this.scope)}`));
    if (said.note) facts.append(element("p", "noted", `✎ ${said.note}`));
  }

  /** Another case is on the screen: the server hears of it a moment later. */
  arrived(card) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.session.outbox.ask({ at: card.id }), AT_PAUSE_MS);
  }

  /** The file's own pixels, where it has more than are shown. */
  askForPixels() {
    const card = this.session.current();
    if (card && !this.session.details.get(card.id)?.full) this.session.outbox.ask({ full: card.id });
  }

  back() {
    this.session.go("back");
  }

  write() {
    const card = this.session.current();
    if (card && !this.scope.readonly) this.dialog.open(card.id, this.session.said(card.id).note);
  }
}

/** The two or three changed pictures that show most, with what the model made of each. */
function proofs(detail, words) {
  if (!detail) return [element("p", "untested", words.loading)];
  if (!detail.proofs.length) return [element("p", "untested", detail.untested)];
  const strip = element("div", "strip");
  strip.setAttribute("role", "list");
  strip.append(...detail.proofs.map(figure));
  return [element("h2", "", detail.proofTitle), strip];
}

export default function ({ data, parentElement, setStateValue }) {
  const session = decisionSession();
  let viewer = instances.get(parentElement);
  if (!viewer) {
    viewer = new Viewer(parentElement.querySelector(".viewer"), session);
    instances.set(parentElement, viewer);
  }
  viewer.update(data.scope, setStateValue);
  return () => {
    viewer.forget?.forEach((stop) => stop());
    session.end(viewer);
    clearTimeout(viewer.timer);
    instances.delete(parentElement);
  };
}
