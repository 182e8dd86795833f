// The three decisions, as the gallery and the case view show them.

const DECISIONS = [
  { key: "1", decision: "confirmed", verb: "Confirm", done: "Confirmed", sign: "✓" },
  { key: "2", decision: "dismissed", verb: "Dismiss", done: "Dismissed", sign: "✕" },
  { key: "3", decision: "unsure", verb: "Unsure", done: "Unsure", sign: "?" },
];
const WITHDRAWN = "withdrawn";

function decisionButton(choice, onPress) {
  const button = element("button");
  button.type = "button";
  button.dataset.decision = choice.decision;
  button.append(element("kbd", "", choice.key), element("span", "", choice.verb));
  button.addEventListener("click", onPress);
  return button;
}
