import { describe, expect, test } from "vitest";
import { timeTicks } from "./axis";
import { bar, heardBars } from "./bands";
import { runs } from "./runs";
import { signalColour, signalShare } from "./viridis";

test("runs are the stretches of what holds", () => {
  expect(runs([null, 1, 2, null, null], (v) => v === null)).toEqual([
    { start: 0, end: 1 },
    { start: 3, end: 5 },
  ]);
  expect(runs([], () => true)).toEqual([]);
});

test("ticks are round and within", () => {
  const from = Date.parse("2026-11-17T13:31:00Z");
  expect(timeTicks(from, from + 3_600_000, 7).map((t) => new Date(t).toISOString().slice(11, 16))).toEqual([
    "13:40",
    "13:50",
    "14:00",
    "14:10",
    "14:20",
    "14:30",
  ]);
});

describe("bands", () => {
  test("a 6 GHz channel belongs to its preferred neighbour", () => {
    expect(bar("6 GHz", 1)).toBe(5);
    expect(bar("6 GHz", 13)).toBe(5);
    expect(bar("6 GHz", 37)).toBe(37);
  });
  test("heard bars", () => {
    expect(heardBars("2.4 GHz", [1, 13]).map(Number).join("")).toBe("1000000000001");
    expect(heardBars("5 GHz", [])).toHaveLength(25);
  });
});

test("signal is bounded, and lighter is stronger", () => {
  expect(signalShare(-120)).toBe(0);
  expect(signalShare(0)).toBe(1);
  expect(signalColour(-95)).not.toBe(signalColour(-40));
});
