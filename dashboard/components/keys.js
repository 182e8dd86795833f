// Keys, wherever the reader is on the page, and the help that lists them.

/** Calls `keys[key]` wherever the reader is, unless they type, or a dialog is open. */
function listenToKeys(keys) {
  const listener = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const focus = event.composedPath()[0];
    if (!(focus instanceof Element)) return;
    const typing = "textarea, select, [contenteditable=true], [role=combobox], [role=slider]";
    // Enter takes back no filter that was just chosen: the space bar still does.
    if (event.key === "Enter" && inSidebar(focus) && focus.matches(CHOSEN)) event.preventDefault();
    if (focus.matches(typing)) return;
    if (focus.matches("input") && !["range", "checkbox", "radio"].includes(focus.type)) return;
    else if (event.key === "Enter" && focus.matches("button, a, summary, [role=button]")) return;
    if (focus.matches("input[type=range]") && event.key.startsWith("Arrow")) return;
    const press = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!press) return;
    // A dialog closes on Escape by itself.
    if (event.key !== "Escape") event.preventDefault();
    press(event);
  };
  document.addEventListener("keydown", listener);
  return () => document.removeEventListener("keydown", listener);
}

const CHOSEN = "[aria-pressed=true], [aria-checked=true], [data-selected=true], [kind$=Active]";

/** A choice in the sidebar made with the mouse gives the keys back to the pictures at once. */
function takeKeysBack(target) {
  const listener = (event) => {
    // `detail` is 0 where a key pressed the button: who walks by keyboard keeps the place.
    if (!event.detail || !inSidebar(event.target)) return;
    if (event.target.closest("button, [role=option], li")) setTimeout(() => leaveSidebar(target));
  };
  // What is typed there counts once it is entered; then the keys are the pictures' again.
  const entered = (event) => {
    const field = event.target.matches?.("[data-testid=stTextInput] input");
    if (event.key === "Enter" && field && inSidebar(event.target)) {
      setTimeout(() => target.focus({ preventScroll: true }));
    }
  };
  document.addEventListener("click", listener);
  document.addEventListener("keydown", entered);
  return () => {
    document.removeEventListener("click", listener);
    document.removeEventListener("keydown", entered);
  };
}

/** Put the focus on `target` if it is in the sidebar, and nobody types there. */
function leaveSidebar(target) {
  const focus = document.activeElement;
  if (focus && !inSidebar(focus) && focus !== document.body) return;
  if (focus?.matches("input, textarea") && focus.value) return;
  target.focus({ preventScroll: true });
}

/** While a dialog is open its own keys are meant: "?" closes the help, the others do nothing. */
function unlessOpen(help, dialogs, keys) {
  const guarded = ([key, press]) => [
    key,
    (event) => {
      if (help.open && key === "?") help.close();
      else if (![help, ...dialogs].some((dialog) => dialog.open)) press(event);
    },
  ];
  return Object.fromEntries(Object.entries(keys).map(guarded));
}

/** A dialog that lists keys: `rows` are {keys, meaning}. */
function keyHelp(rows, words) {
  const dialog = element("dialog", "help");
  const list = element("dl");
  for (const { keys, meaning } of rows) {
    const term = element("dt");
    for (const key of keys.split(" ")) term.append(element("kbd", "", key));
    list.append(term, element("dd", "", meaning));
  }
  const close = element("button", "toggle", words.close);
  close.type = "button";
  close.addEventListener("click", () => dialog.close());
  dialog.append(element("h3", "", words.keys), list, close);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  return dialog;
}
