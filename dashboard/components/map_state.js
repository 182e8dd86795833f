export default function ({ data }) {
  const { header, take } = unpack(data);
  const bits = take(Uint8Array, Math.ceil(header.count / 8));
  const shown = header.all ? null : new Uint8Array(header.count);
  if (shown) for (let i = 0; i < header.count; i++) shown[i] = (bits[i >> 3] >> (i & 7)) & 1;
  learn({ state: { ...header, shown, reviews: take(Uint8Array, header.count) } });
}
