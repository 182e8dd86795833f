// One card of the gallery. `on` tells what to do: open(), place(), mark(), decide(decision).

function caseCard(shown, colours, on) {
  const node = element("article", "card");
  node.id = `case-${shown.id}`;
  node.tabIndex = -1;
  const link = element("a", "picture");
  link.href = shown.link;
  link.tabIndex = -1;
  link.title = "Open the case (Enter)";
  link.append(layeredPicture(shown, colours));
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    on.open();
  });
  const chip = element("span", "chip");
  chip.style.setProperty("--verdict", shown.verdict.colour);
  chip.title = shown.verdict.meaning;
  chip.append(element("i", "", shown.verdict.sign), element("span", "", shown.verdict.name));
  const badge = element("span", "badge");
  const tick = cardTick(shown, on);
  node.append(link, chip, badge, tick, cardFacts(shown), cardButtons(on));
  node.addEventListener("click", on.place);
  return { node, badge, tick, shown, review: shown.review, note: shown.note, seq: 0 };
}

function cardTick(shown, on) {
  const tick = element("button", "tick", "✓");
  tick.type = "button";
  tick.tabIndex = -1;
  tick.title = "Mark the case (X)";
  tick.setAttribute("aria-label", `Mark ${shown.alt}`);
  tick.addEventListener("click", (event) => {
    event.stopPropagation();
    on.place();
    on.mark();
  });
  return tick;
}

function cardFacts(shown) {
  const facts = element("div", "facts");
  const answer = element("div", "answer");
  answer.append(element("span", "label", shown.label), element("span", "arrow", "→"));
  answer.append(element("span", shown.correct ? "right" : "wrong", shown.predicted));
  answer.title = `labelled ${shown.label}, answered ${shown.predicted}`;
  if (!shown.correct) answer.append(element("span", "tag", "wrong"));
  const bar = element("div", "meter");
  bar.style.setProperty("--share", shown.confidence);
  const numbers = element("div", "numbers");
  numbers.append(
    element("span", "", `${Math.round(shown.confidence * 100)}% sure`),
    element("span", "", `severity ${shown.severity.toFixed(2)}`),
  );
  const why = element("p", "why", shown.reason);
  why.title = shown.reason;
  facts.append(answer, bar, numbers, why);
  if (shown.note) {
    const note = element("p", "noted", `✎ ${shown.note}`);
    note.title = shown.note;
    facts.append(note);
  }
  return facts;
}

function cardButtons(on) {
  const row = element("div", "decide");
  for (const choice of DECISIONS) {
    const press = (event) => {
      event.stopPropagation();
      on.place();
      on.decide(choice.decision);
    };
    row.append(decisionButton(choice, press));
  }
  return row;
}

function drawReview(card) {
  const choice = DECISIONS.find((known) => known.decision === card.review);
  card.node.dataset.review = choice ? choice.decision : "";
  card.badge.textContent = choice ? `${choice.sign} ${choice.done}` : "";
  card.badge.classList.toggle("saving", card.seq > 0);
  for (const button of card.node.querySelectorAll(".decide button")) {
    button.setAttribute("aria-pressed", String(button.dataset.decision === card.review));
  }
}

function drawMark(card) {
  card.node.classList.toggle("chosen", Boolean(card.marked));
  card.tick.setAttribute("aria-pressed", String(Boolean(card.marked)));
}
