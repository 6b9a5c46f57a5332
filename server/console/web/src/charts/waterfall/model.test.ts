import { expect, test } from "vitest";
import type { BSSSignal } from "../../api/types";
import { atMoment, waterfallModel } from "./model";

const start = Date.parse("2026-11-17T13:30:00Z");
const at = [0, 1, 2, 3].map((i) => new Date(start + i * 30_000));
const signal: BSSSignal = {
  stepSeconds: 30,
  taps: [
    {
      id: "t",
      name: "hall",
      at,
      listened: [true, false, true, true],
      frames: [0, null, 4, 4],
      min: [null, null, -62, -62],
      mean: [null, null, -60.5, -60],
      max: [null, null, -59, -59],
      histogram: [
        [],
        [],
        [
          [30, 3],
          [31, 1],
        ],
        [[30, 4]],
      ],
    },
  ],
};

test("cells are shares of a step's frames, at the upper edge of their bin", () => {
  expect(waterfallModel(signal).lanes[0]?.cells).toEqual([
    { step: 2, high: -60, share: 0.75 },
    { step: 2, high: -62, share: 0.25 },
    { step: 3, high: -60, share: 1 },
  ]);
});

test("without histograms a step is its span, with the mean in it", () => {
  const long: BSSSignal = {
    ...signal,
    taps: signal.taps.map((t) => ({
      ...t,
      histogram: [],
      min: [null, null, -64, null],
      mean: [null, null, -61, null],
      max: [null, null, -60, null],
    })),
  };
  expect(waterfallModel(long).lanes[0]?.cells).toEqual([
    { step: 2, high: -60, share: 1 },
    { step: 2, high: -62, share: 0.25 },
    { step: 2, high: -64, share: 0.25 },
  ]);
});

test("not listened and heard nothing are two things", () => {
  const lane = waterfallModel(signal).lanes[0];
  expect(lane?.unheard).toEqual([{ start: 1, end: 2 }]);
  expect(lane?.quiet).toEqual([{ start: 0, end: 1 }]);
  expect(lane?.firstHeard).toBe(2);
});

test("the axis is at least 50 dB", () => {
  const { low, high } = waterfallModel(signal);
  expect(high - low).toBeGreaterThanOrEqual(50);
  expect(low).toBeLessThanOrEqual(-66);
});

test("a moment", () => {
  expect(atMoment(signal, 0, start + 65_000)).toEqual({ listened: true, mean: -60.5, frames: 4 });
  expect(atMoment(signal, 0, start + 35_000)).toEqual({ listened: false, mean: null, frames: null });
  expect(atMoment(signal, 0, start - 1)).toBeNull();
});
