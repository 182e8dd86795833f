// A document in a frame. The empty sandbox takes scripts, forms and the app's origin from it.

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".document");
  if (root.dataset.title === data.title && root.firstChild?.srcdoc === data.html) return;
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "");
  frame.title = data.title;
  frame.srcdoc = data.html;
  root.dataset.title = data.title;
  root.replaceChildren(frame);
}
