/** The 20 MHz channels of a band in order, as a chart shows them (802.11-2020, annex E; 6 GHz: the preferred scanning channels). */
export const bandPlan: Record<string, readonly number[]> = {
  "2.4 GHz": range(1, 13, 1),
  "5 GHz": [...range(36, 64, 4), ...range(100, 144, 4), ...range(149, 165, 4)],
  "6 GHz": range(5, 229, 16),
};

function range(first: number, last: number, step: number): number[] {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);
}

/** The bar that a channel belongs to. In 6 GHz a bar stands for the four channels around its preferred one. */
export function bar(band: string, channel: number): number {
  return band === "6 GHz" ? 5 + 16 * Math.floor((channel - 1) / 16) : channel;
}

/** Which bars of a band were heard. */
export function heardBars(band: string, channels: readonly number[]): boolean[] {
  const heard = new Set(channels.map((c) => bar(band, c)));
  return (bandPlan[band] ?? []).map((c) => heard.has(c));
}
