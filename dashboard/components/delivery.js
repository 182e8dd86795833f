// What the server has to say beside a page's own data: cards and details that were asked for, what
// is saved, what others decided, and how much is left.

export default function ({ data, parentElement }) {
  const { tally, message, words } = data;
  const root = parentElement.querySelector(".tally");
  root.hidden = !tally;
  if (tally) {
    const done = tally.total ? (tally.total - tally.left) / tally.total : 0;
    root.querySelector(".left").textContent = tally.left ? tally.left.toLocaleString() : words.nothing;
    root.querySelector(".of").textContent = say(words.of, { all: tally.all.toLocaleString() });
    root.querySelector(".share").textContent = say(words.done, { share: `${Math.floor(done * 100)}%` });
    root.querySelector(".done").style.transform = `scaleX(${done})`;
  }
  decisionSession().hear(message);
}
