// The button in the sidebar that copies the page's address.

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".link");
  const { words } = data;
  if (root.dataset.name === words.copy) return;
  root.dataset.name = words.copy;
  const said = element("output", "told");
  const button = toggleButton("", words.copy, async () => {
    said.textContent = (await copyAddress()) ? words.copied : words.notCopied;
    setTimeout(() => (said.textContent = ""), TOLD_MS);
  });
  root.replaceChildren(button, said);
}
