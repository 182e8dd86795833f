// What others decided meanwhile, and how far the last batch is: the session hears it.

export default function ({ data }) {
  decisionSession().hear(data);
}
