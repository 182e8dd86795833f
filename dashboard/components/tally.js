// Counts of the server's, and its word on what is saved: the gallery and the case view listen.

export default function ({ data, parentElement }) {
  const { total, left, handled } = data;
  const put = (name, text) => (parentElement.querySelector(name).textContent = text);
  const done = total ? (total - left) / total : 0;
  put(".left", left ? left.toLocaleString("en") : "Nothing");
  put(".of", `left to review of ${total.toLocaleString("en")} ${total === 1 ? "case" : "cases"}`);
  put(".share", `${Math.floor(done * 100)}% done`);
  parentElement.querySelector(".done").style.transform = `scaleX(${done})`;
  for (const [instance, seq] of Object.entries(handled)) {
    window.dispatchEvent(new CustomEvent("auditor-saved", { detail: { instance, seq } }));
  }
}
