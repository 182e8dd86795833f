// The three decisions, as the gallery and the case view show them.

const DECISIONS = [
  { key: "1", decision: "confirmed", verb: "Confirm", done: "Confirmed", sign: "✓" },
  { key: "2", decision: "dismissed", verb: "Dismiss", done: "Dismissed", sign: "✕" },
  { key: "3", decision: "unsure", verb: "Unsure", done: "Unsure", sign: "?" },
];
const WITHDRAWN = "withdrawn";

/** A dialog for a note: `open(standing, note)` shows it, `onSave(decision, note)` gets it. */
function noteDialog(onSave) {
  const dialog = element("dialog", "note");
  const form = element("div", "note-form");
  const words = element("label", "", "Note, kept with the decision for the team");
  const text = element("textarea");
  text.maxLength = 2000;
  text.rows = 4;
  words.append(text);
  const row = element("div", "note-choices");
  let standing = "";
  const save = (decision) => {
    dialog.close();
    onSave(decision, text.value.trim());
  };
  for (const choice of DECISIONS) {
    const button = element("button", "toggle", choice.verb);
    button.type = "button";
    button.dataset.decision = choice.decision;
    button.addEventListener("click", () => save(choice.decision));
    row.append(button);
  }
  const cancel = toggleButton("Esc", "Cancel", () => dialog.close());
  cancel.classList.add("last");
  row.append(cancel);
  const hint = element("p", "hint");
  form.append(words, row, hint);
  dialog.append(element("h3", "", "Note"), form);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save(standing || "unsure");
  });
  const open = (decision, note) => {
    standing = decision;
    text.value = note || "";
    const known = DECISIONS.find((choice) => choice.decision === (decision || "unsure"));
    hint.textContent = `Ctrl + Enter saves it as "${known.verb}".`;
    for (const button of row.querySelectorAll("[data-decision]")) {
      button.setAttribute("aria-pressed", String(button.dataset.decision === decision));
    }
    dialog.showModal();
    text.focus();
  };
  return { dialog, open };
}

function decisionButton(choice, onPress) {
  const button = element("button");
  button.type = "button";
  button.dataset.decision = choice.decision;
  button.append(element("kbd", "", choice.key), element("span", "", choice.verb));
  button.addEventListener("click", onPress);
  return button;
}
