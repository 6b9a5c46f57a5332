import type { BSSDetail, BSSSignal } from "../../api/types";
import { runs } from "../../charts/runs";

/** A stretch or moment of the timeline, in milliseconds since 1970. */
export interface Span {
  from: number;
  to: number;
}

export interface Timeline {
  listening: Span[];
  unheard: Span[];
  heard: Span[];
  disconnects: { at: number; frames: number; attack: boolean }[];
  handshakes: number[];
}

/** All that happened to a BSS on one axis. Listening and heard are those of all its taps together. */
export function buildTimeline(signal: BSSSignal, bss: BSSDetail): Timeline {
  const step = signal.stepSeconds * 1000;
  const longest = signal.taps.reduce((n, t) => Math.max(n, t.at.length), 0);
  const start = signal.taps[0]?.at[0]?.getTime() ?? 0;
  const indexes = Array.from({ length: longest }, (_, i) => i);
  const listened = indexes.map((i) => signal.taps.some((t) => t.listened[i] ?? false));
  const heard = indexes.map((i) => signal.taps.some((t) => (t.frames[i] ?? 0) > 0));
  const spans = (values: boolean[], is: boolean): Span[] =>
    runs(values, (v) => v === is).map((r) => ({ from: start + r.start * step, to: start + r.end * step }));
  return {
    listening: spans(listened, true),
    unheard: spans(listened, false),
    heard: spans(heard, true),
    disconnects: bss.disconnects.map((d) => ({
      at: d.at.getTime(),
      frames: d.frames,
      attack: !d.protected && (d.frames >= 50 || d.receiver === "ff:ff:ff:ff:ff:ff"),
    })),
    handshakes: bss.handshakes.map((h) => h.at.getTime()),
  };
}
