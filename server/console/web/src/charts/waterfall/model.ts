import type { BSSSignal, SignalLane } from "../../api/types";
import { runs, type Run } from "../runs";

/** A cell of the waterfall: frames of one step whose power lies in one bin of 2 dB. */
export interface Cell {
  step: number;
  high: number; // dBm, upper edge
  share: number; // of the step's frames, against the lane's greatest share: 0 to 1
}

export interface Lane {
  id: string;
  name: string;
  start: number; // of the first step, in milliseconds since 1970
  step: number; // in milliseconds
  cells: Cell[];
  unheard: Run[]; // steps that nobody listened to: nothing is known
  quiet: Run[]; // steps that were listened to without a frame
  firstHeard: number | null; // step
}

export interface WaterfallModel {
  lanes: Lane[];
  low: number; // dBm, of the axis
  high: number;
}

/** Octaves of 10 dB around what was heard, at least 50 dB, so that lanes of one BSS compare. */
export function waterfallModel(signal: BSSSignal): WaterfallModel {
  const lanes = signal.taps.map((tap) => lane(tap, signal.stepSeconds * 1000));
  const tops = lanes.flatMap((l) => l.cells.map((c) => c.high));
  const low = tops.length === 0 ? -90 : Math.max(-110, Math.floor((Math.min(...tops) - 4) / 10) * 10);
  const high = tops.length === 0 ? -40 : Math.min(0, Math.ceil((Math.max(...tops) + 6) / 10) * 10);
  const short = Math.max(0, 50 - (high - low));
  return { lanes, low: low - Math.ceil(short / 20) * 10, high: Math.min(0, high + Math.floor(short / 20) * 10) };
}

function lane(tap: SignalLane, step: number): Lane {
  const cells = tap.at.flatMap((_, i) => {
    const bins = tap.histogram[i] ?? [];
    if (bins.length === 0) return summaryCells(tap, i);
    const all = bins.reduce((sum, [, frames = 0]) => sum + frames, 0);
    return bins.flatMap(([bin, frames]): Cell[] =>
      bin === undefined || frames === undefined || all === 0 ? [] : [{ step: i, high: -2 * bin, share: frames / all }],
    );
  });
  const greatest = cells.reduce((most, c) => Math.max(most, c.share), 0.01);
  const frames = tap.listened.map((listened, i) => (listened ? (tap.frames[i] ?? 0) : null));
  const first = frames.findIndex((f) => f !== null && f > 0);
  return {
    id: tap.id,
    name: tap.name,
    start: tap.at[0]?.getTime() ?? 0,
    step,
    cells: cells.map((c) => ({ ...c, share: c.share / greatest })),
    unheard: runs(tap.listened, (l) => !l),
    quiet: runs(frames, (f) => f === 0),
    firstHeard: first < 0 ? null : first,
  };
}

/** Long ranges come without histograms: the span from weakest to strongest, and the mean within it. */
function summaryCells(tap: SignalLane, step: number): Cell[] {
  const [min, mean, max] = [tap.min[step] ?? null, tap.mean[step] ?? null, tap.max[step] ?? null];
  if (min === null || mean === null || max === null) return [];
  const even = (dBm: number): number => -2 * Math.floor(-dBm / 2);
  const cells: Cell[] = [];
  for (let high = even(max); high >= even(min); high -= 2) cells.push({ step, high, share: high === even(mean) ? 1 : 0.25 });
  return cells;
}

/** What a lane says at a moment; null outside it. */
export function atMoment(
  signal: BSSSignal,
  laneIndex: number,
  at: number,
): { listened: boolean; mean: number | null; frames: number | null } | null {
  const tap = signal.taps[laneIndex];
  const start = tap?.at[0];
  if (!tap || !start) return null;
  const i = Math.floor((at - start.getTime()) / (signal.stepSeconds * 1000));
  const listened = tap.listened[i];
  return listened === undefined ? null : { listened, mean: tap.mean[i] ?? null, frames: tap.frames[i] ?? null };
}
