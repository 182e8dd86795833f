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

  /** `again` asks for the other page once more. */
  begin(again) {
    this.pending = true;
    clearTimeout(this.end);
    clearInterval(this.retry);
    this.end = setTimeout(() => this.arrive() || this.onEnd(), LEAVING_MS);
    this.retry = setInterval(() => scriptRuns() || again(), AGAIN_MS);
  }

  /** Another page is here. */
  arrive() {
    this.pending = false;
    clearTimeout(this.end);
    clearInterval(this.retry);
  }

  /** Links and steps in the history that lead to another page than the one shown by `isCase()`,
   * which is null where neither gallery nor case page is shown. */
  watch(isCase) {
    const leads = (path) => isCase() !== null && !sameKind(path, isCase());
    document.addEventListener(
      "click",
      (event) => {
        const link = event.target.closest?.("a[href]");
        const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented);
        // A click that did not lead away is the reader's to repeat.
        if (link && !link.target && plain && leads(link.pathname)) this.begin(() => {});
      },
      true,
    );
    window.addEventListener("popstate", () => {
      if (leads(location.pathname)) this.begin(() => dispatchEvent(new PopStateEvent("popstate")));
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
