import { formatMHz } from "../../../format/radio";

/** A channel of 20 MHz. */
export interface Channel {
  band: "2.4 GHz" | "5 GHz" | "6 GHz";
  number: number;
  mhz: number;
}

const span = (first: number, last: number, step: number): number[] =>
  Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);

/** Every channel on which a tap can be asked to listen, as the node has them (802.11-2020, annex E; 802.11ax). */
export const allChannels: readonly Channel[] = [
  ...span(1, 13, 1).map((number): Channel => ({ band: "2.4 GHz", number, mhz: 2407 + 5 * number })),
  { band: "2.4 GHz", number: 14, mhz: 2484 },
  ...span(184, 196, 4).map((number): Channel => ({ band: "5 GHz", number, mhz: 4000 + 5 * number })),
  ...[...span(32, 68, 4), ...span(96, 144, 4), ...span(149, 177, 4)].map((number): Channel => ({
    band: "5 GHz",
    number,
    mhz: 5000 + 5 * number,
  })),
  { band: "6 GHz", number: 2, mhz: 5935 },
  ...span(1, 233, 4).map((number): Channel => ({ band: "6 GHz", number, mhz: 5950 + 5 * number })),
];

export function channelAt(mhz: number): Channel | undefined {
  return allChannels.find((c) => c.mhz === mhz);
}

/** "6", "36", "6:37": as people write a channel, and parseChannels reads it. */
export function shortChannel(mhz: number): string {
  const c = channelAt(mhz);
  if (!c) return String(mhz);
  return c.band === "6 GHz" ? `6:${String(c.number)}` : String(c.number);
}

/** "Channel 37, 6 GHz, 6135 MHz". */
export function longChannel(mhz: number): string {
  const c = channelAt(mhz);
  return c ? `Channel ${String(c.number)}, ${c.band}, ${formatMHz(mhz)}` : formatMHz(mhz);
}

/** "1, 6, 36 and 6:37", or "none". */
export function channelList(mhz: readonly number[]): string {
  const words = mhz.map(shortChannel);
  if (words.length < 2) return words[0] ?? "none";
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}

/** The frequencies of "1, 6, 36, 6:37, 5955", ascending and once each; or what is wrong with it. */
export function parseChannels(text: string): number[] | string {
  const found = new Set<number>();
  for (const word of text.split(/[\s,;]+/).filter((w) => w !== "")) {
    const c = parseChannel(word);
    if (!c) return `“${word}” is no channel of 20 MHz. Write 6 or 36, 6:37 for channel 37 of 6 GHz, or a frequency such as 5180.`;
    found.add(c.mhz);
  }
  return [...found].sort((a, b) => a - b);
}

function parseChannel(word: string): Channel | undefined {
  const match = /^(6:)?(\d{1,4})$/.exec(word);
  if (!match) return undefined;
  const n = Number(match[2]);
  if (match[1] !== undefined) return allChannels.find((c) => c.band === "6 GHz" && c.number === n);
  if (n > 255) return channelAt(n);
  return allChannels.find((c) => c.band !== "6 GHz" && c.number === n);
}
