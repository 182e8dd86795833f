// Pictures of the interventions, side by side. See components/strip.py for the data.

export default function ({ data, parentElement }) {
  parentElement.querySelector(".strip").replaceChildren(...data.map(figure));
}
