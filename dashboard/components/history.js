// One page of the app is one step in the browser's history. Streamlit writes the parameters of an
// address one after another, some of them after the page has changed, and makes each a step: going
// back from a case then led to the same case with one parameter less.

const PATCHED = Symbol.for("auditor.history");

/** Steps on the same page count only where the reader has chosen something in the sidebar. */
function onePageOneStep() {
  if (window[PATCHED]) return;
  window[PATCHED] = true;
  let chosen = false;
  for (const kind of ["click", "keydown"]) {
    document.addEventListener(kind, (event) => (chosen ||= inSidebar(event.target)), true);
  }
  addEventListener("popstate", () => (chosen = false), true);
  const push = history.pushState.bind(history);
  history.pushState = (state, title, address) => {
    const elsewhere = new URL(address ?? location.href, location.href).pathname !== location.pathname;
    if (elsewhere) chosen = false;
    else if (!chosen) return history.replaceState(state, title, address);
    return push(state, title, address);
  };
}
