// Window and level: which of a picture's stored values are black, which white. Everything happens
// here, on values that are fetched once; the server is not asked again.

const LEVELS = 65536;
const NARROWER = 0.8;
const LEVEL_STEP = 0.1;
const DRAG_PIXELS = 200;
const QUANTILES = [0.01, 0.99];

/** Values of one picture as the route `stored` sends them (dashboard/stored_values.py). */
class StoredValues {
  constructor(buffer) {
    const length = new DataView(buffer).getUint32(0, true);
    const text = new TextDecoder().decode(new Uint8Array(buffer, 4, length));
    Object.assign(this, JSON.parse(text));
    const count = this.width * this.height * (this.colour ? 3 : 1);
    this.values = new Uint16Array(buffer, 4 + length, count);
    if (this.table) this.greys = new Uint8Array(buffer, 4 + length + 2 * count, LEVELS);
  }

  toUnit(value) {
    return value * this.slope + this.intercept;
  }

  /** Windows to choose from: {name, centre, width}. */
  presets(words) {
    const between = (name, low, high) => ({ name, centre: (low + high) / 2, width: high - low });
    const whole = between(words.wholeRange, this.lowest, this.highest);
    const audited = { ...this.audited, name: words.audited, byTable: this.table };
    const own = this.windows.map((window, place) => ({
      ...window,
      name: window.name || say(words.ownWindow, { n: place + 1 }),
    }));
    return [audited, ...own, whole, between(words.mostValues, ...this.quantiles())];
  }

  /** The values below which 1% and 99% of the picture lie. */
  quantiles() {
    const counts = new Uint32Array(LEVELS);
    for (const value of this.values) counts[value] += 1;
    const ends = [];
    let seen = 0;
    for (let level = 0; level < LEVELS && ends.length < 2; level++) {
      seen += counts[level];
      while (ends.length < 2 && seen >= QUANTILES[ends.length] * this.values.length) ends.push(level);
    }
    return ends.map((level) => this.toUnit(level));
  }

  /** The narrowest window that means something. */
  get least() {
    return this.slope;
  }

  /** From 0 to 255, before the picture is inverted. */
  grey(value, { centre, width, byTable }) {
    if (byTable) return this.greys[value];
    return 255 * Math.min(1, Math.max(0, (this.toUnit(value) - centre) / width + 0.5));
  }

  paint(canvas, window) {
    const greys = new Uint8Array(LEVELS);
    for (let value = 0; value < LEVELS; value++) {
      const shown = this.grey(value, window);
      greys[value] = Math.round(this.inverted ? 255 - shown : shown);
    }
    if (canvas.width !== this.width || canvas.height !== this.height) {
      [canvas.width, canvas.height] = [this.width, this.height];
    }
    const context = canvas.getContext("2d");
    const picture = context.createImageData(this.width, this.height);
    const pixels = new Uint32Array(picture.data.buffer);
    const { values } = this;
    const step = this.colour ? 3 : 1;
    const [green, blue] = this.colour ? [1, 2] : [0, 0];
    for (let place = 0, at = 0; place < pixels.length; place++, at += step) {
      const channels = (greys[values[at + blue]] << 16) | (greys[values[at + green]] << 8);
      pixels[place] = 0xff000000 | channels | greys[values[at]];
    }
    context.putImageData(picture, 0, 0);
  }
}

/** The tool below a picture: a switch, the windows that there are, and what is set. */
class WindowTool {
  /** `onPicture(painter)`: show what `painter(canvas)` paints, or the usual picture for null.
   * `ask(id)`: have the address of a case's values made anew; `notice(text)` tells the reader. */
  constructor(root, { onPicture, ask, notice }) {
    Object.assign(this, { root, onPicture, ask, notice });
    this.on = false;
    this.chosen = null;
  }

  build(words) {
    this.words = words;
    this.button = toggleButton("W", words.window, () => this.toggle());
    this.choices = element("div", "windows");
    this.said = element("output", "set");
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", words.window);
    this.root.replaceChildren(this.button, this.choices, this.said);
    this.draw();
  }

  get keys() {
    return {
      w: () => this.toggle(),
      p: () => this.next(),
      "[": () => this.change(0, NARROWER),
      "]": () => this.change(0, 1 / NARROWER),
      ",": () => this.change(-LEVEL_STEP, 1),
      ".": () => this.change(LEVEL_STEP, 1),
    };
  }

  /** Another case is on the screen, or its details have come. */
  show(detail) {
    const same = detail && detail.id === this.detail?.id;
    this.detail = detail;
    if (!same) [this.values, this.failed] = [null, false];
    this.root.hidden = !detail?.stored;
    if (this.on && detail?.stored && !this.values) this.load();
    else this.draw();
  }

  toggle() {
    if (!this.detail?.stored) return this.notice(this.words.nothingToWindow);
    this.on = !this.on;
    this.failed = false;
    if (this.on && !this.values) this.load();
    else this.paint();
  }

  /** Fetch the values; an address that has ended is made anew once. */
  async load() {
    const { detail } = this;
    if (this.loading === detail.stored || this.failed) return;
    this.loading = detail.stored;
    this.draw();
    try {
      const answer = await fetch(detail.stored);
      if (this.detail?.id !== detail.id) return;
      if (answer.status === 403 && this.renewed !== detail.id) {
        this.renewed = detail.id;
        this.ask(detail.id);
        return;
      }
      if (!answer.ok) throw new Error(await answer.text());
      const found = new StoredValues(await answer.arrayBuffer());
      if (this.detail?.id === detail.id) this.take(found);
    } catch (error) {
      this.failed = true;
      this.notice(say(this.words.noValues, { why: error.message }));
    } finally {
      if (this.loading === detail.stored) this.loading = null;
      this.draw();
    }
  }

  take(values) {
    this.values = values;
    this.renewed = null;
    this.offered = values.presets(this.words);
    const again = this.offered.find((window) => window.name === this.chosen?.name);
    // What was set by hand holds for the next picture of the same kind.
    const kept = this.chosen && !this.chosen.name && this.chosen.unit === values.unit;
    this.choose(again ?? (kept ? this.chosen : this.offered[0]));
  }

  choose(window) {
    const { least, unit } = this.values;
    this.chosen = { ...window, unit, width: Math.max(least, window.width) };
    this.paint();
  }

  next() {
    if (!this.ready()) return;
    const at = this.offered.findIndex((window) => window.name === this.chosen.name);
    this.choose(this.offered[(at + 1) % this.offered.length]);
  }

  /** Move the level by a share of the width, and make the window wider by a factor. */
  change(share, factor) {
    if (!this.ready()) return;
    const { centre, width } = this.chosen;
    this.choose({ name: "", centre: centre + share * width, width: width * factor });
  }

  /** A drag over the picture: across for the width, up and down for the level. */
  drag(across, down) {
    this.change(down / DRAG_PIXELS, Math.exp(across / DRAG_PIXELS));
  }

  ready() {
    if (this.on && this.values) return true;
    if (!this.on) this.toggle();
    return false;
  }

  get active() {
    return Boolean(this.on && this.values);
  }

  paint() {
    this.draw();
    this.onPicture(this.active ? (canvas) => this.values.paint(canvas, this.chosen) : null);
  }

  draw() {
    if (!this.button) return;
    this.button.setAttribute("aria-pressed", String(this.on));
    this.choices.hidden = this.said.hidden = !this.on;
    this.said.textContent = this.active ? this.told() : this.words.loading;
    const names = this.active ? this.offered.map((window) => window.name) : [];
    if (this.choices.dataset.names !== names.join("\n")) {
      this.choices.dataset.names = names.join("\n");
      const offered = this.offered ?? [];
      this.choices.replaceChildren(
        ...names.map((name, at) => toggleButton("", name, () => this.choose(offered[at]))),
      );
    }
    [...this.choices.children].forEach((button, at) => {
      button.setAttribute("aria-pressed", String(names[at] === this.chosen?.name));
    });
  }

  told() {
    const { centre, width, unit, byTable } = this.chosen;
    if (byTable) return this.words.ownTable;
    const digits = this.values.slope < 0.1 ? 3 : 0;
    const number = (value) => value.toFixed(digits);
    return say(this.words.levelAndWidth, { level: number(centre), width: number(width), unit });
  }
}
