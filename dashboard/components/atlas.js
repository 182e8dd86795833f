// The map of all pictures: hover shows one, a line drawn around many chooses them. See
// components/atlas.py for the data; points and their state come by points.js.

const REACH = 9;
const HOVER_MS = 90;
const ZOOM_STEP = 1.3;
const MOST_LISTED = 14;
const FAINT = 0.13;
const COLOURINGS = ["verdict", "label", "review"];
const CLASS_COLOURS = [
  "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#8C6BB1", "#A6761D",
  "#1B9E77", "#E7298A", "#66A61E", "#7570B3",
];
const atlases = new WeakMap();

class Atlas {
  constructor(root) {
    this.root = root;
    this.part = (name) => root.querySelector(`.${name}`);
    this.scatter = new Scatter(this.part("dots"));
    this.lines = this.part("lines").getContext("2d");
    this.cards = new Map();
    this.colouring = kept(() => sessionStorage.getItem("auditor.colouring"), "verdict");
    if (!COLOURINGS.includes(this.colouring)) this.colouring = "verdict";
    this.plot = this.part("plot");
    this.watch();
    pointStore().listeners.add((this.heard = () => this.refresh()));
  }

  watch() {
    const plot = this.plot;
    const place = (event) => {
      const { left, top } = plot.getBoundingClientRect();
      return [event.clientX - left, event.clientY - top];
    };
    plot.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.scatter.zoom(event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP, ...place(event));
      this.draw();
    }, { passive: false });
    plot.addEventListener("pointerdown", (event) => this.press(event, place(event)));
    plot.addEventListener("pointermove", (event) => this.drag(event, place(event)));
    plot.addEventListener("pointerup", (event) => this.release(event, place(event)));
    plot.addEventListener("pointercancel", () => (this.path = this.grip = null));
    plot.addEventListener("pointerleave", () => this.hover(-1));
    plot.addEventListener("dblclick", () => this.current >= 0 && this.openCase());
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(plot);
  }

  update(data, send) {
    const before = this.data;
    [this.data, this.send] = [data, send];
    if (before?.build !== data.build) this.build();
    for (const card of data.cards) this.cards.set(card.rank, card);
    if (data.done && data.done.token !== this.told) this.tell(data.done);
    if (before?.key !== data.key) {
      this.corners = regionFrom(data.region);
      this.focus = data.focus;
      this.cards.clear();
    }
    this.refresh();
  }

  build() {
    const { words } = this.data;
    this.help = keyHelp(this.data.help, words);
    this.confirm = this.confirmation();
    this.line = noticeLine();
    this.buttons = Object.fromEntries(
      COLOURINGS.map((name) => [name, toggleButton("", words.colourings[name], () => this.colourBy(name))]),
    );
    const colours = element("div", "display");
    colours.setAttribute("role", "group");
    colours.setAttribute("aria-label", words.colourBy);
    colours.append(...Object.values(this.buttons));
    const home = toggleButton("0", words.whole, () => this.home());
    const view = toggleButton("A", words.chooseView, () => this.chooseView());
    const help = toggleButton("?", words.keys, () => this.help.showModal());
    this.part("bar").replaceChildren(element("h1", "", words.title), colours, home, view, help, this.line.node);
    this.part("dialogs").replaceChildren(this.help, this.confirm.dialog);
    this.plot.setAttribute("aria-label", words.map);
    this.forget?.forEach((stop) => stop());
    this.forget = [listenToKeys(this.keys()), takeKeysBack(this.plot)];
  }

  keys() {
    const keys = {
      v: () => this.colourBy(COLOURINGS[(COLOURINGS.indexOf(this.colouring) + 1) % COLOURINGS.length]),
      0: () => this.home(),
      "+": () => this.zoomMiddle(ZOOM_STEP),
      "=": () => this.zoomMiddle(ZOOM_STEP),
      "-": () => this.zoomMiddle(1 / ZOOM_STEP),
      ArrowLeft: () => this.shift(60, 0),
      ArrowRight: () => this.shift(-60, 0),
      ArrowUp: () => this.shift(0, 60),
      ArrowDown: () => this.shift(0, -60),
      a: () => this.chooseView(),
      g: () => this.corners && this.toGallery(),
      u: () => this.undo(),
      Escape: () => this.letGo(),
      "?": () => this.help.showModal(),
    };
    for (const choice of this.data.answers) keys[choice.key] = () => this.ask(choice);
    return unlessOpen(this.help, [this.confirm.dialog], keys);
  }

  // What is shown.

  refresh() {
    const { points, state } = pointStore();
    const { data } = this;
    if (!data || points?.key !== data.key || state?.key !== data.key) return;
    if (this.points !== points) {
      this.points = points;
      this.scatter.setPoints(points.xs, points.ys);
      this.choose();
    }
    this.state = state;
    this.draw();
    this.tellChoice();
  }

  draw() {
    if (!this.points || !this.state) return;
    const { width, height } = this.plot.getBoundingClientRect();
    if (!width || !height) return;
    this.scatter.resize(width, height);
    const lines = this.part("lines");
    const ratio = window.devicePixelRatio || 1;
    [lines.width, lines.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    this.lines.setTransform(ratio, 0, 0, ratio, 0, 0);
    const { codes, palette } = this.colours();
    this.scatter.draw(codes, palette, this.vivid(), packedColour(this.ink(), FAINT));
    this.drawLines();
    this.drawLegend();
  }

  /** Points that are meant: those of the filters, and of the region where one is drawn. */
  vivid() {
    const { shown } = this.state;
    const { inside } = this;
    if (!inside || !shown) return inside ?? shown;
    if (this.both?.shown !== shown || this.both.inside !== inside) {
      const joined = new Uint8Array(shown.length);
      for (let i = 0; i < joined.length; i++) joined[i] = shown[i] & inside[i];
      this.both = { shown, inside, joined };
    }
    return this.both.joined;
  }

  ink() {
    return getComputedStyle(this.plot).color;
  }

  colours() {
    const names = this.names();
    const codes = { verdict: this.points.verdicts, label: this.points.labels, review: this.state.reviews };
    const palette = new Uint32Array(Math.max(256, names.length));
    palette.fill(packedColour("#8A8F98", 1));
    names.forEach(({ colour }, code) => (palette[code] = packedColour(colour, 1)));
    return { codes: codes[this.colouring], palette };
  }

  /** What the codes mean: [{name, colour}]. */
  names() {
    const { points, data } = this;
    if (this.colouring === "verdict") return points.words.verdicts;
    if (this.colouring === "review") return data.reviews;
    return points.classes.map((name, i) => ({ name, colour: classColour(i) }));
  }

  drawLegend() {
    const names = this.names();
    const { codes } = this.colours();
    const counts = new Uint32Array(Math.max(256, names.length));
    const vivid = this.vivid();
    for (let i = 0; i < codes.length; i++) if (!vivid || vivid[i]) counts[codes[i]] += 1;
    const listed = names.map((each, code) => ({ ...each, count: counts[code] })).filter((each) => each.count);
    if (this.colouring === "verdict" && counts[255]) {
      listed.push({ name: this.data.words.hidden, colour: "#8A8F98", count: counts[255] });
    }
    if (listed.length > MOST_LISTED) listed.sort((one, other) => other.count - one.count);
    const rows = listed.slice(0, MOST_LISTED).map(({ name, colour, count }) => {
      const row = element("li");
      const dot = element("i");
      dot.style.background = colour;
      row.append(dot, element("span", "", name), element("b", "", count.toLocaleString()));
      return row;
    });
    const more = listed.length - rows.length;
    if (more > 0) rows.push(element("li", "more", say(this.data.words.more, { n: more.toLocaleString() })));
    this.part("legend").replaceChildren(...rows);
    for (const [name, button] of Object.entries(this.buttons)) {
      button.setAttribute("aria-pressed", String(name === this.colouring));
    }
  }

  drawLines() {
    const { lines, scatter } = this;
    lines.clearRect(0, 0, lines.canvas.width, lines.canvas.height);
    lines.strokeStyle = this.ink();
    lines.lineWidth = 1.5;
    const path = this.path ?? this.corners?.map(([x, y]) => [x / REGION_STEP, y / REGION_STEP]);
    if (path?.length) {
      lines.beginPath();
      path.forEach(([x, y]) => lines.lineTo(...scatter.toCanvas(x, y)));
      lines.closePath();
      lines.setLineDash([5, 4]);
      lines.stroke();
      lines.setLineDash([]);
    }
    for (const rank of [this.focus, this.current]) {
      if (!(rank >= 0)) continue;
      lines.beginPath();
      lines.arc(...scatter.toCanvas(scatter.xs[rank], scatter.ys[rank]), 7, 0, 2 * Math.PI);
      lines.stroke();
    }
  }

  // Moving and choosing.

  press(event, [x, y]) {
    if (event.button > 1) return;
    this.plot.setPointerCapture(event.pointerId);
    if (event.shiftKey || event.button === 1) this.grip = [x, y];
    else this.path = [this.scatter.toMap(x, y)];
    this.pressed = [x, y];
  }

  drag(event, [x, y]) {
    if (this.grip) {
      this.scatter.pan(x - this.grip[0], y - this.grip[1]);
      this.grip = [x, y];
      this.draw();
    } else if (this.path) {
      this.path.push(this.scatter.toMap(x, y));
      this.drawLines();
    } else if (this.points) {
      this.hover(this.scatter.nearest(x, y, REACH, this.state.shown));
    }
  }

  release(event, [x, y]) {
    const { path } = this;
    [this.path, this.grip] = [null, null];
    if (!path) return;
    const moved = Math.hypot(x - this.pressed[0], y - this.pressed[1]) > 4 || path.length > 6;
    const corners = moved ? regionOf(path) : null;
    if (corners) this.lasso(corners);
    else {
      this.drawLines();
      if (!moved) this.hover(this.scatter.nearest(x, y, REACH, this.state.shown));
    }
  }

  lasso(corners) {
    this.corners = corners;
    this.choose();
    this.draw();
    this.tellChoice();
    this.address();
  }

  choose() {
    this.inside = this.corners ? pointsInside(this.corners, this.points.xs, this.points.ys) : null;
  }

  /** All that the window shows, by keyboard too. */
  chooseView() {
    const { width, height } = this.plot.getBoundingClientRect();
    const ends = [[0, 0], [width, 0], [width, height], [0, height]];
    this.lasso(regionOf(ends.map(([x, y]) => this.scatter.toMap(x, y))));
  }

  letGo() {
    [this.corners, this.inside] = [null, null];
    this.draw();
    this.tellChoice();
    this.address();
  }

  home() {
    this.scatter.home();
    this.draw();
  }

  zoomMiddle(factor) {
    const { width, height } = this.plot.getBoundingClientRect();
    this.scatter.zoom(factor, width / 2, height / 2);
    this.draw();
  }

  shift(dx, dy) {
    this.scatter.pan(dx, dy);
    this.draw();
  }

  colourBy(name) {
    this.colouring = name;
    kept(() => sessionStorage.setItem("auditor.colouring", name));
    this.draw();
  }

  address() {
    const address = new URL(location.href);
    if (this.corners) address.searchParams.set("region", regionText(this.corners));
    else address.searchParams.delete("region");
    if (address.href !== location.href) history.replaceState(history.state, "", address);
  }

  // One picture.

  hover(rank) {
    if (rank === this.current) return;
    this.current = rank;
    this.plot.style.cursor = rank >= 0 ? "pointer" : "crosshair";
    this.drawLines();
    clearTimeout(this.timer);
    if (rank >= 0 && !this.cards.has(rank)) {
      this.timer = setTimeout(() => this.send("asked", { rank, key: this.data.key }), HOVER_MS);
    }
    this.showCard();
  }

  showCard() {
    const card = this.cards.get(this.current);
    if (card) this.card = card;
    if (!this.card || !this.data) return;
    const holder = this.part("hovered");
    if (holder.dataset.rank === String(this.card.rank)) return;
    holder.dataset.rank = String(this.card.rank);
    const picture = element("a", "picture");
    picture.href = this.card.link;
    picture.addEventListener("click", (event) => {
      event.preventDefault();
      this.send("opened", this.card.id);
    });
    picture.append(layeredPicture(this.card, (this.palette ??= bytes(this.data.colours))), verdictChip(this.card.verdict));
    const facts = element("div", "facts");
    facts.append(answerLine(this.card, this.data.words), element("p", "why", this.card.reason));
    facts.append(element("p", "file", this.card.image));
    holder.replaceChildren(picture, facts);
    applyDisplay(holder, loadDisplay());
  }

  openCase() {
    const card = this.cards.get(this.current);
    if (card) this.send("opened", card.id);
  }

  // Many pictures.

  /** How many are chosen, and how many of them nobody has decided. */
  counted() {
    const vivid = this.vivid();
    let [all, left] = [0, 0];
    for (let i = 0; i < this.inside.length; i++) {
      if (!vivid[i]) continue;
      all += 1;
      if (!this.state.reviews[i]) left += 1;
    }
    return { all, left };
  }

  tellChoice() {
    const holder = this.part("chosen");
    const { words, answers, readonly } = this.data;
    this.showCard();
    if (!this.inside) {
      holder.replaceChildren(element("p", "hint", words.draw));
      return;
    }
    const { all, left } = this.counted();
    const title = element("h2", "", say(words.chosen, { n: all.toLocaleString() }));
    title.setAttribute("role", "status");
    const parts = [title, element("p", "hint", say(words.undecided, { n: left.toLocaleString() }))];
    const gallery = toggleButton("G", words.toGallery, () => this.toGallery());
    gallery.disabled = !all;
    parts.push(gallery);
    if (!readonly && left) {
      const choices = element("div", "choices");
      choices.append(...answers.map((choice) => decisionButton(choice, choice.long, () => this.ask(choice))));
      parts.push(element("p", "question", words.decideAll), choices);
    }
    parts.push(toggleButton("Esc", words.letGo, () => this.letGo()));
    if (this.undoable) parts.push(toggleButton("U", words.undo, () => this.undo()));
    holder.replaceChildren(...parts);
  }

  toGallery() {
    this.send("go", { region: regionText(this.corners), key: this.data.key });
  }

  confirmation() {
    const { words } = this.data;
    const dialog = element("dialog", "help");
    const text = element("p");
    const row = element("div", "bar");
    let act = () => {};
    const yes = toggleButton("⏎", words.yes, () => {
      dialog.close();
      act();
    });
    row.append(yes, toggleButton("Esc", words.cancel, () => dialog.close()));
    dialog.append(text, row);
    const open = (question, then) => {
      text.textContent = question;
      act = then;
      dialog.showModal();
      yes.focus();
    };
    return { dialog, open };
  }

  ask(choice) {
    const { words, readonly, most } = this.data;
    if (!this.inside || readonly) return;
    const { left } = this.counted();
    if (!left) return;
    if (left > most) {
      this.line.show(say(words.tooMany, { n: most.toLocaleString() }), "warning");
      return;
    }
    const question = say(words.sureAll, { n: left.toLocaleString(), answer: choice.long });
    this.confirm.open(question, () => {
      const region = regionText(this.corners);
      const { decision, reasons } = choice;
      // It can be taken back at once: what is sent comes in the order in which it was sent.
      this.undoable = randomName();
      this.send("decided", { token: this.undoable, region, decision, reasons, key: this.data.key });
    });
  }

  undo() {
    if (!this.undoable) return;
    this.send("undone", { token: this.undoable });
  }

  tell(done) {
    this.told = done.token;
    this.undoable = done.undoable;
    this.line.show(done.text, done.failed ? "warning" : "info");
  }

  end() {
    this.forget?.forEach((stop) => stop());
    this.sizes.disconnect();
    pointStore().listeners.delete(this.heard);
    clearTimeout(this.timer);
  }
}

function classColour(place) {
  if (place < CLASS_COLOURS.length) return CLASS_COLOURS[place];
  return `hsl(${(place * 137.5) % 360} 55% 55%)`;
}

const COLOURS_SEEN = new Map();

/** A CSS colour as a canvas stores a pixel. */
function packedColour(colour, alpha) {
  const name = `${colour} ${alpha}`;
  if (!COLOURS_SEEN.has(name)) {
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    context.globalAlpha = alpha;
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    COLOURS_SEEN.set(name, new Uint32Array(context.getImageData(0, 0, 1, 1).data.buffer)[0]);
  }
  return COLOURS_SEEN.get(name);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".atlas");
  if (!atlases.has(parentElement)) atlases.set(parentElement, new Atlas(root));
  const atlas = atlases.get(parentElement);
  atlas.update(data, setTriggerValue);
  return () => {
    atlas.end();
    atlases.delete(parentElement);
  };
}
