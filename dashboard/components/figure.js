// A changed picture with what the model made of it. See components/strip.py for the data.

function figure(shown) {
  const node = element("figure");
  node.setAttribute("role", "listitem");
  node.title = shown.help;
  const caption = element("figcaption");
  caption.append(element("div", "title", shown.title), element("div", "fill", shown.fill));
  if (shown.probability !== null) caption.append(...probabilityLine(shown));
  const alt = [shown.title, shown.fill].filter(Boolean).join(", ");
  node.append(layeredPicture({ picture: shown.picture, alt }, null), caption);
  return node;
}

function probabilityLine(shown) {
  const line = element("div", "probability");
  line.append(element("b", "", percent(shown.probability)), element("span", "", shown.label));
  const change = shown.before === null ? 0 : Math.round((shown.probability - shown.before) * 100);
  if (change) line.append(element("span", "change", change > 0 ? `▲ ${change}` : `▼ ${-change}`));
  const meter = element("div", "meter");
  meter.style.setProperty("--share", shown.probability);
  return [line, meter];
}
