// The question and its answers, as the gallery and the case page show them.

/** Buttons for the answers of `scope.answers`, and reasons to tick. `draw()` follows the session. */
function answerBar(session) {
  const { answers, reasons, words } = session.scope;
  const node = element("section", "answers");
  node.setAttribute("aria-label", words.question);
  const question = element("h2", "question", words.question);
  const row = element("div", "choices");
  const buttons = answers.map((choice) => {
    const button = decisionButton(choice, choice.long, () => session.decide(choice));
    row.append(button);
    return button;
  });
  const ticks = element("div", "reasons");
  ticks.setAttribute("role", "group");
  ticks.setAttribute("aria-label", words.why);
  ticks.append(element("span", "why-label", words.why));
  const chips = reasons.map(({ id, name }) => {
    const chip = element("button", "reason", name);
    chip.type = "button";
    chip.addEventListener("click", () => session.tick(id));
    ticks.append(chip);
    return { id, chip };
  });
  node.append(question, row, ticks);
  const draw = () => {
    const card = session.current();
    const said = card ? session.said(card.id) : { review: "", reasons: [] };
    const chosen = choiceOf(answers, said);
    const saving = card && session.outbox.pending(card.id);
    buttons.forEach((button, place) => {
      const on = answers[place] === chosen;
      button.setAttribute("aria-pressed", String(on));
      button.classList.toggle("saving", Boolean(on && saving));
      button.disabled = session.scope.readonly;
    });
    const ticked = card ? session.ticked(card.id) : [];
    for (const { id, chip } of chips) {
      chip.setAttribute("aria-pressed", String(ticked.includes(id)));
      chip.disabled = session.scope.readonly || !card;
    }
  };
  return { node, draw };
}

/** The answer that stands: the one whose own reasons are all there, else the plain one. */
function choiceOf(answers, { review, reasons }) {
  const fitting = answers.filter((choice) => choice.decision === review);
  const special = fitting.find((c) => c.reasons.length && c.reasons.some((r) => reasons.includes(r)));
  return special ?? fitting.find((choice) => !choice.reasons.length) ?? null;
}

function decisionButton(choice, name, onPress) {
  const button = element("button");
  button.type = "button";
  button.dataset.decision = choice.decision;
  button.append(element("kbd", "", choice.key), element("span", "", name));
  button.addEventListener("click", onPress);
  return button;
}

/** A dialog for a note, which decides nothing: `open(id, text)` shows it. */
function noteDialog(session) {
  const { words } = session.scope;
  const dialog = element("dialog", "note");
  const form = element("div", "note-form");
  const label = element("label", "", words.noteLabel);
  const text = element("textarea");
  text.maxLength = 2000;
  text.rows = 4;
  label.append(text);
  let about = "";
  const save = () => {
    dialog.close();
    session.note(about, text.value.trim());
  };
  const row = element("div", "note-choices");
  const cancel = toggleButton("Esc", words.cancel, () => dialog.close());
  cancel.classList.add("last");
  row.append(toggleButton("Ctrl ⏎", words.saveNote, save), cancel);
  form.append(label, row);
  dialog.append(element("h3", "", words.note), form);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
  });
  const open = (id, before) => {
    about = id;
    text.value = before || "";
    dialog.showModal();
    text.focus();
  };
  return { dialog, open };
}

/** A line that tells what happened, for a while; `show(text, kind)`. */
function noticeLine() {
  const node = element("div", "notice");
  node.setAttribute("role", "status");
  let timer = 0;
  const show = (text, kind) => {
    clearTimeout(timer);
    node.textContent = text;
    node.dataset.kind = kind;
    timer = setTimeout(() => (node.textContent = ""), 6000);
  };
  return { node, show };
}

/** How many decisions wait for the server, and why. */
function waitingLine(session) {
  const node = element("span", "waiting");
  node.setAttribute("role", "status");
  const draw = () => {
    const { waiting, failure } = session.outbox;
    const text = failure ? session.words.failed : session.words.waiting;
    node.classList.toggle("failed", Boolean(failure));
    node.textContent = waiting.length ? say(text, { n: waiting.length, why: failure }) : "";
  };
  return { node, draw };
}
