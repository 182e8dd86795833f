// What others decided meanwhile, and how far the last batch is: the session hears it, and asks again.
// The browser asks, not a timer of Streamlit's: that one also fires while a page is being left, and
// its answer then is about a page that is not there any more.

const ASK_MS = 4000;
const listeners = new WeakMap();

class Listener {
  constructor(session) {
    this.session = session;
    this.timer = setInterval(() => this.quiet() && this.send?.("ask", true), ASK_MS);
  }

  /** Nothing is under way: no batch, no script, no other page. */
  quiet() {
    const { outbox, departure } = this.session;
    return !scriptRuns() && !outbox?.flight && !departure.pending;
  }

  stop() {
    clearInterval(this.timer);
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const session = decisionSession();
  if (!listeners.has(parentElement)) listeners.set(parentElement, new Listener(session));
  const listener = listeners.get(parentElement);
  listener.send = setTriggerValue;
  session.hear(data);
  return () => {
    listener.stop();
    listeners.delete(parentElement);
  };
}
