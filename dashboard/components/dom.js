// Small tools for the page. Data only ever reaches it as text or as a picture's source.

function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined && text !== null) node.textContent = String(text);
  return node;
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/** `text` with its {placeholders} filled by `values`. */
function say(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

function inSidebar(node) {
  return Boolean(node?.closest?.("[data-testid=stSidebar], [data-baseweb=popover]"));
}

function percent(share) {
  return `${Math.round(share * 100)}%`;
}

/** `read()` of what the browser keeps, or `otherwise`: private windows may refuse. */
function kept(read, otherwise) {
  try {
    return read() ?? otherwise;
  } catch {
    return otherwise;
  }
}

function toggleButton(key, name, onPress) {
  const button = element("button", "toggle");
  button.type = "button";
  button.append(element("span", "", name));
  if (key) button.append(element("kbd", "", key));
  button.addEventListener("click", onPress);
  return button;
}
