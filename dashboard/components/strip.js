// Pictures of the interventions, side by side. See components/strip.py for the data.

function figure(shown) {
  const node = element("figure");
  node.setAttribute("role", "listitem");
  node.title = shown.help;
  const caption = element("figcaption");
  caption.append(element("div", "title", shown.title), element("div", "fill", shown.fill));
  if (shown.probability !== null) {
    const line = element("div", "probability");
    line.append(
      element("b", "", `${Math.round(shown.probability * 100)}%`),
      element("span", "", shown.label),
    );
    const change = Math.round((shown.probability - shown.before) * 100);
    if (shown.before !== null && change !== 0) {
      line.append(element("span", "change", change > 0 ? `▲ ${change}` : `▼ ${-change}`));
    }
    const meter = element("div", "meter");
    meter.style.setProperty("--share", shown.probability);
    caption.append(line, meter);
  }
  const alt = `${shown.title}, ${shown.fill}`;
  node.append(layeredPicture({ picture: shown.picture, alt }, null), caption);
  return node;
}

export default function ({ data, parentElement }) {
  parentElement.querySelector(".strip").replaceChildren(...data.map(figure));
}
