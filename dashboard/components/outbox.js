// Decisions on their way to the server. They stay in the browser's storage until the server has
// saved them, so a reload, a closed tab or a lost connection loses none. One batch is under way at
// a time: a sender that sent at every key would keep a slow server from ever answering.

const PATIENCE_MS = [8000, 15000, 30000];
const LARGEST_BATCH = 100;

function randomName() {
  const random = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

class Outbox {
  /** `departure`: nothing but the way to another page is sent while one leaves (departure.js). */
  constructor(home, onChange, departure) {
    this.departure = departure;
    this.instance = randomName();
    this.key = `auditor.outbox.${home}`;
    this.onChange = onChange;
    this.count = 0;
    this.batch = 0;
    this.flight = null;
    this.held = false;
    this.requests = {};
    this.failure = "";
    this.waiting = this.stored();
    window.addEventListener("beforeunload", (event) => {
      if (this.waiting.length) event.preventDefault();
    });
  }

  stored() {
    const found = kept(() => JSON.parse(localStorage.getItem(this.key)), []);
    return Array.isArray(found) ? found.filter((entry) => entry && entry.token) : [];
  }

  /** Other tabs write there, too: what they wait for stays. */
  store(gone = new Set()) {
    const mine = new Set(this.waiting.map((entry) => entry.token));
    const others = this.stored().filter((e) => !mine.has(e.token) && !gone.has(e.token));
    kept(() => localStorage.setItem(this.key, JSON.stringify([...others, ...this.waiting])));
    this.onChange();
  }

  /** Queue a decision; it gets its token here. */
  put(entry) {
    this.count += 1;
    this.waiting.push({ ...entry, token: `${this.instance}-${this.count}` });
    this.store();
    this.flush();
  }

  /** Ask for something beside decisions; a later wish of the same name replaces the earlier. */
  ask(requests) {
    Object.assign(this.requests, requests);
    this.flush();
  }

  /** Ask for something that was asked for in vain. A batch that is under way goes with it: its
   * decisions still wait, and saving them twice saves them once. */
  askAnew(requests) {
    clearTimeout(this.timer);
    this.flight = null;
    this.ask(requests);
  }

  /** Go on with what was held back. */
  resume() {
    if (this.send && this.flight) this.transmit();
    else this.flush();
  }

  /** The way to the server: a component's `setStateValue`, or null while none is on the page.
   *
   * What is under way is sent again only by another component (`anew`) or where it was held back: a
   * copy of a wish to go that comes after the page has changed has Streamlit show the page that was
   * left, and the browser then throws everything away (late_requests.py). */
  connect(send, anew) {
    this.send = send;
    if (anew || !this.flight || this.held) this.resume();
  }

  pending(id) {
    return this.waiting.some((entry) => entry.case === id);
  }

  flush() {
    if (this.flight || !this.send || this.isHeld(this.requests)) return;
    if (!this.waiting.length && !Object.keys(this.requests).length) return;
    this.batch += 1;
    const decisions = this.waiting.slice(0, LARGEST_BATCH);
    this.flight = { batch: this.batch, decisions, requests: this.requests, attempt: 0 };
    this.requests = {};
    this.transmit();
  }

  isHeld({ go }) {
    return this.departure.pending && !go;
  }

  transmit() {
    const { batch, decisions, requests, attempt } = this.flight;
    clearTimeout(this.timer);
    this.held = this.isHeld(requests);
    if (this.held) return;
    const wait = PATIENCE_MS[Math.min(attempt, PATIENCE_MS.length - 1)];
    this.timer = setTimeout(() => this.flight && this.send && this.transmit(), wait);
    this.flight.attempt += 1;
    this.send("events", { instance: this.instance, batch, attempt, decisions, ...requests });
  }

  /** The server's word on a batch: done, or why its decisions could not be saved. */
  answered({ instance, batch, failure }) {
    if (instance !== this.instance || !this.flight || batch < this.flight.batch) return;
    clearTimeout(this.timer);
    const tokens = new Set(this.flight.decisions.map((entry) => entry.token));
    this.flight = null;
    this.failure = failure || "";
    if (this.failure) {
      this.timer = setTimeout(() => this.flush(), PATIENCE_MS[1]);
      this.onChange();
      return;
    }
    this.waiting = this.waiting.filter((entry) => !tokens.has(entry.token));
    if (tokens.size) this.store(tokens);
    this.flush();
  }
}
