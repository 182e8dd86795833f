// What others decided meanwhile, and how far the last batch is: the session hears it, and asks again.
// The browser asks, not a timer of Streamlit's: that one also fires while a page is being left, and
// its answer then is about a page that is not there any more.

const ASK_MS = 4000;
const LEAVING_MS = 12000;
const listeners = new WeakMap();

class Listener {
  constructor(session) {
    this.session = session;
    this.leaving = 0;
    this.onClick = (event) => event.target.closest?.("a[href]") && this.leave();
    this.onHistory = () => this.leave();
    document.addEventListener("click", this.onClick, true);
    window.addEventListener("popstate", this.onHistory);
    this.timer = setInterval(() => this.quiet() && this.send?.("ask", true), ASK_MS);
  }

  leave() {
    this.leaving = Date.now() + LEAVING_MS;
  }

  /** Nothing is under way: no batch, no script, no other page. */
  quiet() {
    const app = document.querySelector("[data-testid=stApp]");
    const runs = app && app.dataset.testScriptState !== "notRunning";
    return !runs && !this.session.outbox?.flight && Date.now() > this.leaving;
  }

  stop() {
    clearInterval(this.timer);
    document.removeEventListener("click", this.onClick, true);
    window.removeEventListener("popstate", this.onHistory);
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
