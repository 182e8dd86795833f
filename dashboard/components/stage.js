// The large picture: zoom, pan, and beside it the same picture with its heat map, moved together.
// What is painted may come from stored values (stored.js); both pictures then follow one window.

const MOST_ZOOM = 32;
const RIGHT = 2;
const ZOOM_STEP = 1.25;
const PAN_STEP = 40;

class Stage {
  /** `onZoom` is called when the picture is looked at closely, once for each picture. */
  constructor(root, onZoom) {
    this.root = root;
    this.onZoom = onZoom;
    this.double = false;
    this.painter = null;
    root.addEventListener("contextmenu", (event) => this.tool?.active && event.preventDefault());
    root.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    root.addEventListener("pointerdown", (event) => this.grab(event));
    root.addEventListener("pointermove", (event) => this.drag(event));
    root.addEventListener("dblclick", () => this.reset());
    for (const end of ["pointerup", "pointercancel"]) {
      root.addEventListener(end, () => (this.held = null));
    }
  }

  /** Show a picture; the same one in more pixels keeps its place. */
  show(shown, colours, { keep = false } = {}) {
    this.shown = shown;
    this.colours = colours;
    if (!keep) [this.zoom, this.x, this.y, this.asked] = [1, 0, 0, false];
    this.draw();
  }

  /** Show what `painter(canvas)` paints instead of the photograph; null for the photograph. */
  paint(painter) {
    const before = this.painter;
    this.painter = painter;
    if (Boolean(before) !== Boolean(painter)) this.draw();
    else this.repaint();
  }

  repaint() {
    this.coming ??= requestAnimationFrame(() => {
      this.coming = null;
      if (!this.painter) return;
      for (const canvas of this.root.querySelectorAll(".stored")) this.painter(canvas);
    });
  }

  draw() {
    const plain = layeredPicture(this.shown, this.colours);
    const panes = this.double ? [plain, layeredPicture(this.shown, this.colours)] : [plain];
    if (this.double) plain.classList.add("plain");
    this.root.classList.toggle("double", this.double);
    this.root.classList.toggle("sets", Boolean(this.painter));
    if (this.painter) panes.forEach((pane) => this.putStored(pane));
    this.root.replaceChildren(...panes);
    this.move();
  }

  putStored(pane) {
    const photograph = pane.querySelector(".photograph");
    if (!photograph) return;
    const canvas = element("canvas", "photograph stored");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", photograph.alt);
    this.painter(canvas);
    photograph.replaceWith(canvas);
  }

  flip() {
    this.double = !this.double;
    this.draw();
  }

  move() {
    const limit = (this.zoom - 1) / 2;
    this.x = Math.min(limit, Math.max(-limit, this.x));
    this.y = Math.min(limit, Math.max(-limit, this.y));
    this.root.classList.toggle("close", this.zoom > 1);
    for (const frame of this.root.children) {
      frame.style.setProperty("--zoom", this.zoom);
      frame.style.setProperty("--x", `${this.x * 100}%`);
      frame.style.setProperty("--y", `${this.y * 100}%`);
    }
  }

  /** Zoom by a factor around a place of the frame: -.5 to .5 from its middle. */
  scale(factor, x = 0, y = 0) {
    const zoom = Math.min(MOST_ZOOM, Math.max(1, this.zoom * factor));
    this.x = x - ((x - this.x) * zoom) / this.zoom;
    this.y = y - ((y - this.y) * zoom) / this.zoom;
    this.zoom = zoom;
    this.move();
    if (zoom > 1 && !this.asked && !this.painter) {
      this.asked = true;
      this.onZoom();
    }
  }

  closer() {
    this.scale(ZOOM_STEP * ZOOM_STEP);
  }

  reset() {
    [this.zoom, this.x, this.y] = [1, 0, 0];
    this.move();
  }

  pan(x, y) {
    const width = this.frame(this.root.firstElementChild).width;
    this.x += (x * PAN_STEP) / width;
    this.y += (y * PAN_STEP) / width;
    this.move();
  }

  frame(node) {
    return (node?.closest(".layers") ?? this.root).getBoundingClientRect();
  }

  wheel(event) {
    event.preventDefault();
    const { left, top, width, height } = this.frame(event.target);
    const factor = event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP;
    const x = (event.clientX - left) / width - 0.5;
    this.scale(factor, x, (event.clientY - top) / height - 0.5);
  }

  /** With window and level on a drag sets them; with Shift, or without them, it moves. */
  grab(event) {
    const sets = this.tool?.active && (event.button === RIGHT || !event.shiftKey);
    if (!sets && this.zoom <= 1) return;
    this.held = { x: event.clientX, y: event.clientY, size: this.frame(event.target).width, sets };
    this.root.setPointerCapture(event.pointerId);
  }

  drag(event) {
    if (!this.held) return;
    const [across, down] = [event.clientX - this.held.x, event.clientY - this.held.y];
    [this.held.x, this.held.y] = [event.clientX, event.clientY];
    if (this.held.sets) {
      this.tool.drag(across, down);
      return;
    }
    this.x += across / this.held.size;
    this.y += down / this.held.size;
    this.move();
  }
}
