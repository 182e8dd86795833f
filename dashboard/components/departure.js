// Leaving a page of the app. What is sent from a page after another one was asked for calls the page
// back: of two requests that wait, Streamlit runs the newer one's page. So nothing is sent while
// one leaves, and what did not lead away is asked for again.

const LEAVING_MS = 12000;
const AGAIN_MS = 3000;

class Departure {
  /** `onEnd` is called when the page was not left after all, and things may be sent again. */
  constructor(onEnd) {
    this.onEnd = onEnd;
    this.pending = false;
  }

  /** `again` asks for the other page once more; `from`: whether that is the case page one leaves;
   * `stays`: another visit of the page that one leaves is an arrival, too. */
  begin(again, { from, stays = false }) {
    [this.pending, this.from, this.stays] = [true, from, stays];
    clearTimeout(this.end);
    clearInterval(this.retry);
    this.end = setTimeout(() => this.arrive() || this.onEnd(), LEAVING_MS);
    this.retry = setInterval(() => scriptRuns() || again(), AGAIN_MS);
  }

  /** Whether a page that is here, the case page or not, is not the one that was left. */
  leads(isCase) {
    return this.pending && isCase !== this.from;
  }

  /** What was wished for is here. */
  arrive() {
    [this.pending, this.stays] = [false, false];
    clearTimeout(this.end);
    clearInterval(this.retry);
  }

  /** Links and steps in the history that lead to another page than the one shown by `isCase()`,
   * which is null where neither gallery nor case page is shown. */
  watch(isCase) {
    const elsewhere = (path) => isCase() !== null && !sameKind(path, isCase());
    document.addEventListener(
      "click",
      (event) => {
        const link = event.target.closest?.("a[href]");
        const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented);
        // A click that did not lead away is the reader's to repeat.
        if (link && !link.target && plain && elsewhere(link.pathname)) {
          this.begin(() => {}, { from: isCase(), stays: true });
        }
      },
      true,
    );
    window.addEventListener("popstate", () => {
      if (!elsewhere(location.pathname) || this.pending) return;
      const again = () => dispatchEvent(new PopStateEvent("popstate"));
      this.begin(again, { from: isCase(), stays: true });
    });
  }
}

function scriptRuns() {
  const app = document.querySelector("[data-testid=stApp]");
  return Boolean(app) && app.dataset.testScriptState !== "notRunning";
}

function sameKind(path, isCase) {
  if (/\/case\/?$/.test(path)) return isCase;
  return !isCase && /\/(gallery\/?)?$/.test(path);
}
