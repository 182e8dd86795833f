// Three lines for whoever opens the gallery for the first time in this browser. Dismissed for good.

const WELCOMED_KEY = "auditor.welcomed";

/** The lines with a button that puts them away; null for whoever has put them away before. */
function welcome(lines, words) {
  if (kept(() => localStorage.getItem(WELCOMED_KEY), "")) return null;
  const node = element("section", "welcome");
  node.setAttribute("aria-label", words.welcome);
  const list = element("ol");
  list.append(...lines.map((line) => element("li", "", line)));
  const done = toggleButton("", words.gotIt, () => {
    kept(() => localStorage.setItem(WELCOMED_KEY, "1"));
    node.remove();
  });
  node.append(list, done);
  return node;
}
