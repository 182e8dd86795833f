// Mean heat maps. See components/maps.py for the data.

export default function ({ data, parentElement }) {
  const colours = bytes(data.colours);
  const figures = data.figures.map((shown) => {
    const figure = element("figure");
    figure.setAttribute("role", "listitem");
    const caption = element("figcaption");
    caption.append(element("b", "", shown.title), element("span", "", shown.words));
    figure.append(layeredPicture(shown, colours), caption);
    return figure;
  });
  parentElement.querySelector(".maps").replaceChildren(...figures);
}
