// What the reader wants, on its way to the server.

/** Numbered events that are sent again until the server has saved them: none is lost. */
class Outbox {
  constructor(send) {
    const random = crypto.getRandomValues(new Uint8Array(12));
    this.instance = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
    this.send = send;
    this.sequence = 0;
    this.waiting = [];
  }

  put(event) {
    this.sequence += 1;
    this.waiting.push({ ...event, seq: this.sequence });
    this.send("events", { instance: this.instance, events: this.waiting });
    return this.sequence;
  }

  saved(instance, sequence) {
    if (instance === this.instance) {
      this.waiting = this.waiting.filter((event) => event.seq > sequence);
    }
  }
}

/** Tells `onSaved(instance, seq)` what the server has saved, as the tally announces it. */
function listenToSaved(onSaved) {
  const listener = (event) => onSaved(event.detail.instance, event.detail.seq);
  window.addEventListener("auditor-saved", listener);
  return () => window.removeEventListener("auditor-saved", listener);
}
