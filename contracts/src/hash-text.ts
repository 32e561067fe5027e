/**
 * A 64-bit hash of a text in two lanes, mixed as MurmurHash3 does. For what may be read only: every step of it can be undone, so no
 * seed would make it a secret.
 */
export function hashText(text: string): { low: number; high: number } {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x9e3779b1);
    high = Math.imul(high ^ unit, 0x5f356495);
    low = (low << 13) | (low >>> 19);
    high = (high << 15) | (high >>> 17);
  }
  low = mix(low ^ text.length ^ Math.imul(high, 0x85ebca77));
  high = mix(high ^ Math.imul(low, 0xc2b2ae3d));
  return { low: low | 0, high: high | 0 };
}

function mix(value: number): number {
  let h = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
