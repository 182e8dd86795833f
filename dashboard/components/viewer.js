// One case, large: layers, decision, on to the next. See components/viewer.py for the data.

const HELP = [
  [["1"], "Confirm the finding, on to the next"],
  [["2"], "Dismiss the finding, on to the next"],
  [["3"], "Unsure, on to the next"],
  [["U"], "Undo the last decision"],
  [["N"], "Write a note"],
  [["J", "→"], "Next case"],
  [["K", "←"], "Previous case"],
  [["Esc"], "Back to the gallery"],
  [["H"], "Heat map on or off"],
  [["M"], "Outline of the object on or off"],
  [["O"], "Original picture only"],
  [["+", "−"], "Stronger or weaker heat map"],
  [["?"], "This help"],
];

const instances = new WeakMap();

class Viewer {
  constructor(parent) {
    this.root = parent.querySelector(".viewer");
    this.stage = parent.querySelector(".stage");
    this.outbox = new Outbox((name, value) => this.send(name, value));
    this.display = loadDisplay();
    this.history = [];
    this.seq = 0;
    this.build();
    this.forget = [
      listenToKeys(this.keys()),
      listenToSaved((instance, seq) => this.saved(instance, seq)),
    ];
  }

  build() {
    const controls = displayControls(this.display, () => applyDisplay(this.root, this.display));
    this.displayKeys = controls.keys;
    this.help = keyHelp(HELP);
    this.root.querySelector(".bar").append(
      controls.bar,
      toggleButton("?", "Keys", () => this.help.showModal()),
    );
    this.choices = DECISIONS.map((choice) =>
      decisionButton(choice, () => this.decide(choice.decision)),
    );
    this.root.querySelector(".decide").append(...this.choices);
    this.previous = toggleButton("K", "‹ Previous", () => this.open(this.data.previous));
    this.next = toggleButton("J", "Next ›", () => this.open(this.data.next));
    this.undoButton = toggleButton("U", "Undo", () => this.undo());
    const note = toggleButton("N", "Note", () => this.write());
    const back = toggleButton("Esc", "Gallery", () => this.back());
    back.classList.add("last");
    this.root.querySelector(".walk").append(this.previous, this.next, this.undoButton, note, back);
    this.note = noteDialog((decision, note) => this.save(decision, note));
    this.root.append(this.help, this.note.dialog);
    applyDisplay(this.root, this.display);
  }

  keys() {
    const next = () => this.open(this.data.next);
    const previous = () => this.open(this.data.previous);
    const keys = {
      ...this.displayKeys,
      j: next,
      ArrowRight: next,
      k: previous,
      ArrowLeft: previous,
      u: () => this.undo(),
      n: () => this.write(),
      Escape: () => this.back(),
      "?": () => this.help.showModal(),
    };
    for (const choice of DECISIONS) keys[choice.key] = () => this.decide(choice.decision);
    return unlessOpen(this.help, this.note.dialog, keys);
  }

  update(data) {
    const arrived = !this.data || this.data.id !== data.id;
    this.data = data;
    this.review = data.review;
    if (arrived) {
      this.moving = false;
      this.seq = 0;
      this.stage.replaceChildren(layeredPicture(data, bytes(data.colours)));
    }
    this.draw();
  }

  draw() {
    this.root.classList.toggle("moving", Boolean(this.moving));
    for (const button of this.choices) {
      const chosen = button.dataset.decision === this.review;
      button.setAttribute("aria-pressed", String(chosen));
      button.classList.toggle("saving", chosen && this.seq > 0);
      button.disabled = this.data.readonly;
    }
    this.previous.disabled = !this.data.previous;
    this.next.disabled = !this.data.next;
    this.undoButton.disabled = this.history.length === 0;
  }

  // Until the next case is on the screen, a key would decide what nobody has seen.
  open(id) {
    if (!id || this.moving) return;
    this.moving = id !== this.data.id;
    this.outbox.put({ kind: "open", case: id });
    this.draw();
  }

  back() {
    if (!this.moving) this.outbox.put({ kind: "back" });
  }

  decide(decision) {
    if (this.moving || this.data.readonly) return;
    this.history.push({ id: this.data.id, review: this.review });
    this.record(this.data.id, decision);
    this.open(this.data.next);
  }

  undo() {
    if (this.moving || !this.history.length) return;
    const last = this.history.pop();
    this.record(last.id, WITHDRAWN, "", last.review);
    if (last.id !== this.data.id) this.open(last.id);
  }

  write() {
    if (!this.moving && !this.data.readonly) this.note.open(this.review, this.data.note);
  }

  save(decision, note) {
    this.history.push({ id: this.data.id, review: this.review });
    this.record(this.data.id, decision, note);
  }

  record(id, decision, note = "", standing = decision) {
    const seq = this.outbox.put({ kind: "decide", case: id, decision, note });
    if (id === this.data.id) {
      this.review = standing;
      this.seq = seq;
    }
    this.draw();
  }

  saved(instance, seq) {
    if (instance !== this.outbox.instance) return;
    this.outbox.saved(instance, seq);
    if (this.seq && this.seq <= seq) {
      this.seq = 0;
      this.draw();
    }
  }
}

export default function ({ data, parentElement, setStateValue }) {
  let viewer = instances.get(parentElement);
  if (!viewer) {
    viewer = new Viewer(parentElement);
    instances.set(parentElement, viewer);
  }
  viewer.send = setStateValue;
  viewer.update(data);
  return () => {
    viewer.forget.forEach((stop) => stop());
    instances.delete(parentElement);
  };
}
