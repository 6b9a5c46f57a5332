import { withMinus } from "./number";

/** A power: −48 dBm, with U+2212. */
export function formatDBm(dBm: number): string {
  return `${formatSignal(dBm)} dBm`;
}

/** A power whose unit stands in the column's head. */
export function formatSignal(dBm: number): string {
  return withMinus(String(Math.round(dBm)));
}

/** A frequency: 5180 MHz, never grouped, as radio engineers write it. */
export function formatMHz(frequencyMHz: number): string {
  return `${String(Math.round(frequencyMHz))} MHz`;
}

/** "36 + 80 MHz", or "36" at 20 MHz or unknown width; outside 5 GHz the band is named, for numbers repeat. */
export function formatChannel(channel: number, band: string, widthMHz: number | null): string {
  const name = band === "6 GHz" ? `${String(channel)}, 6 GHz` : String(channel);
  return widthMHz !== null && widthMHz > 20 ? `${name} + ${String(widthMHz)} MHz` : name;
}

/** "2.4, 5 GHz" from the bands, in order and once each. */
export function formatBands(bands: readonly string[]): string {
  const numbers = [...new Set(bands)].map((b) => b.replace(" GHz", "")).sort((a, b) => Number(a) - Number(b));
  return numbers.length === 0 ? "unknown" : `${numbers.join(", ")} GHz`;
}

/** "1–13" or "36–64, 100–144, 149": channels of a band in ascending order, as runs of neighbours. */
export function formatChannels(channels: readonly number[]): string {
  const step = (channels.at(-1) ?? 0) > 14 || (channels[0] ?? 0) > 14 ? 4 : 1;
  const parts: string[] = [];
  for (let i = 0; i < channels.length; ) {
    let end = i;
    while (end + 1 < channels.length && (channels[end + 1] ?? 0) - (channels[end] ?? 0) === step) end++;
    const [first, last] = [String(channels[i]), String(channels[end])];
    parts.push(end === i ? first : end === i + 1 ? `${first}, ${last}` : `${first}–${last}`);
    i = end + 1;
  }
  return parts.join(", ");
}
