// Small pictures of cases, each a link. See components/cards.py for the data.

function smallCard(shown, colours, open) {
  const item = element("div", "small-card");
  item.setAttribute("role", "listitem");
  const link = element("a");
  link.href = shown.link;
  link.title = shown.reason;
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(shown.id);
  });
  const words = element("div", "words");
  const verdict = element("span", "verdict");
  verdict.style.setProperty("--verdict", shown.verdict.colour);
  verdict.append(element("i", "", shown.verdict.sign), ` ${shown.verdict.name}`);
  const answer = shown.words || `${shown.label} → ${shown.predicted}`;
  words.append(verdict, element("span", "answer", answer));
  link.append(layeredPicture(shown, colours), words);
  item.append(link);
  return item;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const colours = bytes(data.colours);
  const open = (id) => setTriggerValue("opened", id);
  const root = parentElement.querySelector(".small-cards");
  root.replaceChildren(...data.cards.map((shown) => smallCard(shown, colours, open)));
  applyDisplay(root, loadDisplay());
}
