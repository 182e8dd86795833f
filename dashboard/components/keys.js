// Keys, wherever the reader is on the page, and the help that lists them.

/** Calls `keys[key]` wherever the reader is, unless they type, or a dialog is open. */
function listenToKeys(keys) {
  const listener = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const focus = event.composedPath()[0];
    if (!(focus instanceof Element)) return;
    const typing = "textarea, select, [contenteditable=true], [role=combobox], [role=slider]";
    if (focus.matches(typing)) return;
    if (focus.matches("input") && !["range", "checkbox", "radio"].includes(focus.type)) return;
    if (event.key === "Enter" && focus.matches("button, a, summary, [role=button]")) return;
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

/** While a dialog is open its own keys are meant: "?" closes the help, the others do nothing. */
function unlessOpen(help, note, keys) {
  const guarded = ([key, press]) => [
    key,
    (event) => {
      if (help.open && key === "?") help.close();
      else if (!help.open && !note.open) press(event);
    },
  ];
  return Object.fromEntries(Object.entries(keys).map(guarded));
}

function keyHelp(rows) {
  const dialog = element("dialog", "help");
  const list = element("dl");
  for (const [keys, meaning] of rows) {
    const term = element("dt");
    for (const key of keys) term.append(element("kbd", "", key));
    list.append(term, element("dd", "", meaning));
  }
  const close = element("button", "toggle", "Close");
  close.type = "button";
  close.addEventListener("click", () => dialog.close());
  dialog.append(element("h3", "", "Keys"), list, close);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  return dialog;
}
