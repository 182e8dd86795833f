// Two models on one picture, side by side. See components/pairs.py for the data.

const sheets = new WeakMap();

class PairSheet {
  constructor(root) {
    this.root = root;
    this.grid = root.querySelector(".sheet");
    this.display = loadDisplay();
    this.at = 0;
  }

  update(data, send, open) {
    const before = this.data;
    [this.data, this.send, this.open] = [data, send, open];
    const other = !before || before.list !== data.list || before.page !== data.page;
    if (!before || before.words.page !== data.words.page) this.build();
    if (other) this.at = this.toEnd ? data.pairs.length - 1 : 0;
    this.toEnd = false;
    this.turning = false;
    this.grid.classList.remove("loading");
    this.draw(Boolean(before) && other);
    if (before && before.list !== data.list) this.grid.focus({ preventScroll: true });
    if (before && other) {
      const address = new URL(location.href);
      if (data.page) address.searchParams.set("page", String(data.page + 1));
      else address.searchParams.delete("page");
      history.replaceState(history.state, "", address);
    }
  }

  build() {
    const { words } = this.data;
    const controls = displayControls(this.display, words, () => applyDisplay(this.grid, this.display));
    this.help = keyHelp(this.data.help, words);
    this.pager = element("div", "pager");
    const help = toggleButton("?", words.keys, () => this.help.showModal());
    this.root.querySelector(".bar").replaceChildren(controls.bar, help, this.pager);
    this.root.querySelector(".dialogs").replaceChildren(this.help);
    this.grid.setAttribute("role", "list");
    applyDisplay(this.grid, this.display);
    this.forget?.();
    this.forget = listenToKeys(unlessOpen(this.help, [], this.keys(controls.keys)));
  }

  keys(displayKeys) {
    return {
      ...displayKeys,
      j: () => this.move(1),
      k: () => this.move(-1),
      ArrowRight: () => this.move(1),
      ArrowLeft: () => this.move(-1),
      PageDown: () => this.turn(1),
      PageUp: () => this.turn(-1),
      Enter: () => this.open(this.data.pairs[this.at].id),
      "?": () => this.help.showModal(),
    };
  }

  move(step) {
    const at = this.at + step;
    if (at >= 0 && at < this.data.pairs.length) this.place(at);
    else if (this.turn(step)) this.toEnd = step < 0;
  }

  place(at) {
    this.at = at;
    this.mark(true);
  }

  /** One page is asked for at a time; whether it is there. */
  turn(step) {
    const number = this.data.page + step;
    if (this.turning || number < 0 || number >= this.data.pages) return false;
    this.turning = true;
    this.grid.classList.add("loading");
    this.send({ list: this.data.list, number, sent: Date.now() });
    return true;
  }

  draw(scroll) {
    const { words, page, pages } = this.data;
    const colours = bytes(this.data.colours);
    const cards = this.data.pairs.map((pair, at) => this.card(pair, at, colours));
    this.grid.replaceChildren(...cards);
    const previous = toggleButton("PgUp", "‹", () => this.turn(-1));
    const next = toggleButton("PgDn", "›", () => this.turn(1));
    previous.setAttribute("aria-label", words.previousPage);
    next.setAttribute("aria-label", words.nextPage);
    [previous.disabled, next.disabled] = [page <= 0, page + 1 >= pages];
    this.pager.replaceChildren(previous, element("span", "", say(words.page, { page: page + 1, pages })), next);
    this.pager.hidden = pages <= 1;
    this.mark(scroll);
  }

  mark(scroll) {
    [...this.grid.children].forEach((card, at) => {
      if (at === this.at) card.setAttribute("aria-current", "true");
      else card.removeAttribute("aria-current");
    });
    if (scroll) this.grid.children[this.at]?.scrollIntoView({ block: "nearest" });
  }

  card(pair, at, colours) {
    const card = element("article", "pair");
    card.id = `pair-${pair.id}`;
    card.setAttribute("role", "listitem");
    const head = element("header");
    const link = element("a", "", pair.image);
    link.href = pair.link;
    link.title = this.data.words.openCase;
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.open(pair.id);
    });
    head.append(element("b", "", pair.change), link);
    const sides = element("div", "sides");
    for (const side of ["base", "new"]) sides.append(this.side(pair[side], this.data.titles[side], colours));
    card.append(head, sides);
    card.addEventListener("click", () => this.place(at));
    return card;
  }

  side(shown, title, colours) {
    const side = element("section");
    const picture = element("div", "picture");
    picture.append(layeredPicture(shown, colours), verdictChip(shown.verdict));
    const facts = element("div", "facts");
    const bar = element("div", "meter");
    bar.style.setProperty("--share", shown.confidence);
    const sure = say(this.data.words.sure, { share: percent(shown.confidence) });
    const numbers = element("div", "numbers");
    numbers.append(element("span", "", sure));
    const why = element("p", "why", shown.reason);
    why.title = shown.reason;
    facts.append(element("h3", "", title), answerLine(shown, this.data.words), bar, numbers, why);
    side.append(picture, facts);
    return side;
  }
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".pairs");
  if (!sheets.has(parentElement)) sheets.set(parentElement, new PairSheet(root));
  const sheet = sheets.get(parentElement);
  sheet.update(
    data,
    (page) => setStateValue("page", page),
    (id) => setTriggerValue("opened", id),
  );
  return () => {
    sheet.forget?.();
    sheets.delete(parentElement);
  };
}
