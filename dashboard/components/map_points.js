export default function ({ data }) {
  const { header, take } = unpack(data);
  const n = header.count;
  const [xs, ys] = [take(Float32Array, n), take(Float32Array, n)];
  const labels = take(Uint16Array, n);
  learn({ points: { ...header, xs, ys, labels, verdicts: take(Uint8Array, n) } });
}
