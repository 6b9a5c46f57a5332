// Viridis (Smith and van der Walt, 2015), eight stops: even to the eye, and in
// order for every kind of colour vision. A data scale, so not a token: it is the
// same in both schemes.
const stops = ["#46307e", "#3f4f8a", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#a0da39", "#fde725"];

/** The range of received powers that every chart and bar uses, in dBm. */
export const WEAKEST = -100;
export const STRONGEST = -20;

/** Where a power stands between the weakest and the strongest shown: 0 to 1. */
export function signalShare(dBm: number): number {
  return Math.max(0, Math.min(1, (dBm - WEAKEST) / (STRONGEST - WEAKEST)));
}

/** The colour of a power. Stronger is lighter; the number always stands beside it. */
export function signalColour(dBm: number): string {
  const index = Math.min(stops.length - 1, Math.floor(signalShare(dBm) * stops.length));
  return stops[index] ?? "#46307e";
}
