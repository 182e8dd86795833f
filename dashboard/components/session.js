// The one decision session of a tab, shared by the gallery and the case page: where the reviewer
// is, what was decided, what is on its way. A key means the card on the screen or nothing at all.

const SESSION = Symbol.for("auditor.session");
const DETAILS_AHEAD = 3;
const DETAILS_KEPT = 12;

function decisionSession() {
  window[SESSION] ??= new DecisionSession();
  return window[SESSION];
}

class DecisionSession {
  constructor() {
    this.list = new Worklist();
    this.index = 0;
    this.pending = null;
    this.ended = false;
    this.outside = null;
    this.says = new Sayings();
    this.undoable = null;
    this.marks = new Set();
    this.details = new Map();
    this.outdated = new Set();
    this.view = null;
    this.departure = new Departure(() => this.outbox?.resume());
    this.departure.watch(() => (this.view ? Boolean(this.view.large) : null));
  }

  get scope() {
    return this.list.scope;
  }

  get words() {
    return this.scope.words;
  }

  /** Be about the list that `scope` tells of (components/session.py). */
  begin(scope) {
    this.outbox ??= new Outbox(scope.home, () => this.draw(), this.departure);
    const run = this.scope?.run;
    const other = this.list.begin(scope);
    if (run !== scope.run) this.enterRun(scope);
    if (other || this.visit !== scope.visit) this.arrive(scope, other);
  }

  /** Show everything in `view`, and send by `send`. */
  attach(view, send) {
    const anew = this.view !== view;
    this.view = view;
    if (this.departure.leads(Boolean(view.large))) {
      this.departure.arrive();
      delete this.outbox.requests.go;
    }
    this.outbox.connect(send, anew);
    this.fetch();
    this.draw();
  }

  enterRun({ home, run }) {
    this.undoable = new Undoable(`auditor.history.${home}.${run}`);
    this.says.clear();
    this.details.clear();
    this.outdated.clear();
    for (const entry of this.outbox.waiting) this.says.overlay(entry, this.said(entry.case));
  }

  arrive(scope, other) {
    if (this.departure.stays) this.departure.arrive();
    this.visit = scope.visit;
    this.outside = scope.outside;
    this.pending = null;
    this.ended = false;
    this.index = scope.index;
    if (other) this.marks.clear();
  }

  end(view) {
    if (this.view !== view) return;
    this.view = null;
    this.outbox?.connect(null);
  }

  draw() {
    this.view?.draw();
  }

  notice(text, kind = "info") {
    this.view?.notice(text, kind);
  }

  // What the server sends.

  hear(message) {
    for (const chunk of message.chunks ?? []) this.list.take(chunk);
    for (const detail of message.details ?? []) this.keepDetail(detail);
    if (message.answer && this.outbox) this.outbox.answered(message.answer);
    for (const [id, said] of Object.entries(message.standing ?? {})) {
      this.says.learn(id, said, this.outbox?.pending(id));
    }
    for (const card of message.revealed ?? []) this.reveal(card);
    for (const text of message.notices ?? []) this.notice(text, "warning");
    if (!this.scope) return;
    if (this.pending !== null && this.list.cards.has(this.pending)) this.land(this.pending);
    this.fetch();
    this.draw();
  }

  /** What was kept back while the case was decided blind. */
  reveal(card) {
    this.revealed = (this.revealed ?? 0) + 1;
    if (this.outside?.id === card.id) this.outside = card;
    const place = this.list.placeOf(card.id);
    if (place !== null) this.list.cards.set(place, card);
  }

  /** Ask for a case's details again; what is known of it stays on the screen meanwhile. */
  renew(id) {
    this.outdated.add(id);
    this.fetchDetails();
  }

  keepDetail(detail) {
    this.outdated.delete(detail.id);
    this.details.delete(detail.id);
    this.details.set(detail.id, detail);
    while (this.details.size > DETAILS_KEPT) this.details.delete(this.details.keys().next().value);
  }

  /** Ask for what will be looked at next. */
  fetch() {
    if (!this.outbox || !this.scope) return;
    const want = this.list.missing(this.pending ?? this.index);
    if (want.length) this.outbox.ask({ want });
    if (this.view?.large) this.fetchDetails();
    this.list.trim(this.index);
  }

  fetchDetails() {
    const ahead = Array.from({ length: DETAILS_AHEAD }, (_, step) => this.neighbour(step + 1));
    const near = [this.current(), ...ahead, this.neighbour(-1)].filter(Boolean);
    const lacking = (id) => !this.details.has(id) || this.outdated.has(id);
    const details = near.map((card) => card.id).filter(lacking);
    if (details.length) this.outbox.ask({ details: details.slice(0, DETAILS_AHEAD) });
  }

  // Where the reviewer is. A case outside the list lies between two places, at a half.

  current() {
    if (this.pending !== null) return null;
    return Number.isInteger(this.index) ? (this.list.cards.get(this.index) ?? null) : this.outside;
  }

  target(step) {
    return step > 0 ? Math.floor(this.index) + step : Math.ceil(this.index) + step;
  }

  neighbour(step) {
    return this.list.cards.get(this.target(step)) ?? null;
  }

  move(step) {
    if (this.pending === null) this.goTo(this.target(step));
  }

  goTo(place) {
    const { total } = this.scope;
    if (place >= total) this.ended = true;
    if (place < 0 || place >= total) {
      this.notice(place < 0 ? this.words.first : this.words.last);
      this.draw();
    } else if (this.list.cards.has(place)) this.land(place);
    else {
      this.pending = place;
      this.fetch();
      this.draw();
    }
  }

  land(place) {
    this.index = place;
    this.pending = null;
    this.ended = false;
    this.fetch();
    this.draw();
  }

  turn(page) {
    if (page < 0 || page >= this.list.chunks() || this.pending !== null) return;
    this.goTo(page * this.scope.perPage);
  }

  /** Leave for a page of the app. */
  go(kind, id) {
    const go = { kind, case: id ?? this.current()?.id ?? "", id: randomName() };
    const large = Boolean(this.view?.large);
    const again = () => this.outbox.askAnew({ go });
    this.departure.begin(again, { from: large, stays: large && kind === "open" });
    this.outbox.ask({ go });
  }

  // What the reviewer says.

  /** Whether a key can be taken now; one that cannot says so. */
  may(key) {
    if (this.scope.readonly) this.notice(this.words.readonly, "warning");
    else if (this.ended) this.notice(say(this.words.past, { key }), "warning");
    else if (!this.current()) this.notice(say(this.words.refused, { key }), "warning");
    else return true;
    return false;
  }

  decide(choice) {
    if (!this.may(choice.key)) return;
    const marked = this.marked();
    const meant = marked.length ? marked : [this.current()];
    this.remember(meant);
    for (const card of meant) {
      const reasons = new Set([...(this.says.ticks.get(card.id) ?? []), ...choice.reasons]);
      this.record(card.id, choice.decision, { reasons: [...reasons] });
    }
    if (marked.length) this.letGo();
    else this.move(1);
  }

  remember(cards) {
    const before = cards.map(({ id }) => ({ id, ...this.said(id) }));
    const { key, reviewer } = this.scope;
    this.undoable.push({ cases: before, index: this.index, key, by: reviewer });
  }

  record(id, decision, { note = "", reasons = [] } = {}) {
    const { run, reviewer } = this.scope;
    const before = this.said(id);
    const arbitration = this.scope.arbitrates;
    const entry = { run, case: id, decision, note, reasons, seen: before.review, reviewer, arbitration };
    this.says.overlay(entry, before);
    this.outbox.put(entry);
  }

  said(id) {
    return this.says.of(id, this.card(id));
  }

  card(id) {
    if (this.outside?.id === id) return this.outside;
    const place = this.list.placeOf(id);
    return place === null ? null : this.list.cards.get(place);
  }

  /** Taking back is always one's own: what stood before, whoever said it, stands again. After the
   * name was changed in this tab, what was decided under the other name stays. */
  undo() {
    if (this.pending !== null || this.scope.readonly) return;
    const by = this.undoable.last()?.by;
    if (by && by !== this.scope.reviewer) {
      this.notice(say(this.words.notYours, { name: by }), "warning");
      return;
    }
    const last = this.undoable.pop();
    if (!last) return;
    for (const { id, ...before } of last.cases) {
      this.record(id, WITHDRAWN);
      this.says.local.set(id, before);
    }
    this.comeBack(last);
  }

  comeBack({ cases, index, key }) {
    const here = this.list.placeOf(cases[0].id);
    if (here !== null) this.land(here);
    else if (key === this.scope.key && Number.isInteger(index)) this.goTo(index);
    else if (this.view?.large) this.go("open", cases[0].id);
    else this.draw();
  }

  note(id, text) {
    if (text) this.record(id, NOTED, { note: text });
  }

  /** Tick a reason. On a case that one has decided it is saved with that decision at once. */
  tick(reason) {
    const card = this.current();
    if (!card || this.scope.readonly) return;
    const { review, by, reasons } = this.said(card.id);
    const own = review && by === this.scope.reviewer;
    const ticked = new Set(this.says.ticks.get(card.id) ?? (own ? reasons : []));
    if (!ticked.delete(reason)) ticked.add(reason);
    this.says.ticks.set(card.id, [...ticked]);
    if (own) {
      this.remember([card]);
      this.record(card.id, review, { reasons: [...ticked] });
    }
    this.draw();
  }

  ticked(id) {
    return this.says.ticks.get(id) ?? this.said(id).reasons;
  }

  mark(id) {
    if (this.scope.readonly) return;
    if (!this.marks.delete(id)) this.marks.add(id);
    this.draw();
  }

  marked() {
    return [...this.list.cards.values()].filter((card) => this.marks.has(card.id));
  }

  letGo() {
    this.marks.clear();
    this.draw();
  }
}
