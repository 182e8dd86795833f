// One card of the gallery. `on` tells what to do: open(), place(), mark(), decide(choice).

function caseCard(shown, scope, colours, on) {
  const node = element("article", "card");
  node.id = `case-${shown.id}`;
  node.tabIndex = -1;
  const link = element("a", "picture");
  link.href = caseLink(scope, shown.id);
  link.tabIndex = -1;
  link.title = scope.words.openCase;
  link.append(layeredPicture(shown, colours));
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    on.open();
  });
  const badge = element("span", "badge");
  const tick = cardTick(shown, scope.words, on);
  const facts = cardFacts(shown, scope.words);
  node.append(link, verdictChip(shown.verdict), badge, tick, facts, cardButtons(scope, on));
  node.addEventListener("click", on.place);
  return { node, badge, tick, shown, noted: facts.querySelector(".noted") };
}

function caseLink(scope, id) {
  return `case?${scope.query}&case=${encodeURIComponent(id)}`;
}

function verdictChip(verdict) {
  const chip = element("span", "chip");
  chip.style.setProperty("--verdict", verdict.colour);
  chip.title = verdict.meaning;
  chip.append(element("i", "", verdict.sign), element("span", "", verdict.name));
  return chip;
}

function cardTick(shown, words, on) {
  const tick = element("button", "tick", "✓");
  tick.type = "button";
  tick.tabIndex = -1;
  tick.title = words.markCase;
  tick.setAttribute("aria-label", `${words.markCase}: ${shown.alt}`);
  tick.addEventListener("click", (event) => {
    event.stopPropagation();
    on.place();
    on.mark();
  });
  return tick;
}

function cardFacts(shown, words) {
  const facts = element("div", "facts");
  const bar = element("div", "meter");
  bar.style.setProperty("--share", shown.confidence);
  const numbers = element("div", "numbers");
  numbers.append(element("span", "", say(words.sure, { share: percent(shown.confidence) })));
  // Of a case that is decided blind the severity is not told.
  if (shown.severity !== null) {
    numbers.append(element("span", "", say(words.severity, { value: shown.severity.toFixed(2) })));
  }
  const why = element("p", "why", shown.reason);
  why.title = shown.reason;
  const noted = element("p", "noted");
  facts.append(answerLine(shown, words), bar, numbers, why, noted);
  return facts;
}

function answerLine(shown, words) {
  const answer = element("div", "answer");
  answer.append(element("span", "label", shown.label), element("span", "arrow", "→"));
  answer.append(element("span", shown.correct ? "right" : "wrong", shown.predicted));
  answer.title = say(words.labelled, { label: shown.label, predicted: shown.predicted });
  if (!shown.correct) answer.append(element("span", "tag", words.wrong));
  return answer;
}

function cardButtons(scope, on) {
  const row = element("div", "decide");
  for (const choice of scope.answers.filter((each) => !each.reasons.length)) {
    const press = (event) => {
      event.stopPropagation();
      on.place();
      on.decide(choice);
    };
    row.append(decisionButton(choice, choice.short, press));
  }
  return row;
}

function drawCard(card, session) {
  const { scope, outbox } = session;
  const said = session.said(card.shown.id);
  const choice = choiceOf(scope.answers, said);
  card.node.dataset.review = choice ? choice.decision : "";
  card.badge.textContent = choice ? `${choice.sign} ${choice.done}${byWhom(said, scope)}` : "";
  card.badge.classList.toggle("saving", Boolean(choice) && outbox.pending(card.shown.id));
  for (const button of card.node.querySelectorAll(".decide button")) {
    button.setAttribute("aria-pressed", String(button.dataset.decision === said.review));
  }
  card.noted.textContent = said.note ? `✎ ${said.note}` : "";
  card.noted.title = said.note;
  const marked = session.marks.has(card.shown.id);
  card.node.classList.toggle("chosen", marked);
  card.tick.setAttribute("aria-pressed", String(marked));
}

/** Whose decision it is, where it is not the reader's own. */
function byWhom({ by }, { reviewer }) {
  return by && by !== reviewer ? ` · ${by}` : "";
}
