import { describe, expect, test } from "vitest";
import { absoluteRange, fittingPreset, parseTime, rangeLabel, rangeShort, resolveRange } from "./range";
import { parseSearch, parseSort, rangeOf, stringifySearch, viewSearch } from "./search";

const now = Date.parse("2026-11-17T14:32:00Z");

describe("range", () => {
  test.each([
    ["now", now],
    ["-15m", now - 900_000],
    ["-24h", now - 86_400_000],
    ["-7d", now - 604_800_000],
    ["2026-11-17T13:30:00.000Z", Date.parse("2026-11-17T13:30:00Z")],
    ["yesterday", null],
    ["-1w", null],
    ["2026", null],
  ])("%s", (text, want) => expect(parseTime(text, now)).toBe(want));
  test("upside down is the default", () => {
    expect(resolveRange({ from: "now", to: "-1h" }, now)).toEqual({ from: now - 86_400_000, to: now });
  });
  test("labels", () => {
    expect(rangeLabel({ from: "-24h", to: "now" }, new Date(now))).toBe("Last 24 h");
    expect(rangeLabel({ from: "-45m", to: "now" }, new Date(now))).toBe("Last 45 min");
    expect(rangeLabel(absoluteRange(now - 3_720_000, now), new Date(now))).toBe("13:30 to 14:32");
    expect(rangeLabel(absoluteRange(now - 86_400_000, now), new Date(now))).toBe("16 Nov 14:32 to 14:32");
    expect(rangeShort({ from: "-24h", to: "now" })).toBe("24 h");
  });
});

test("a young thing fits a shorter preset", () => {
  const day = { from: "-24h", to: "now" };
  expect(fittingPreset(day, now - 300_000, now)?.from).toBe("-15m");
  expect(fittingPreset(day, now - 3 * 3_600_000, now)?.from).toBe("-6h");
  expect(fittingPreset(day, now - 20 * 3_600_000, now)).toBeNull();
  expect(fittingPreset({ from: "-15m", to: "now" }, now - 800_000, now)).toBeNull();
});

describe("search", () => {
  test("round trip, readable", () => {
    const search = { from: "-24h", q: 'ssid:"Halden Staff" signal>=-80' };
    const text = stringifySearch(search);
    expect(text).toBe("?from=-24h&q=ssid:%22Halden+Staff%22+signal>=-80");
    expect(parseSearch(text)).toEqual(search);
  });
  test("what cannot be read is left out", () => {
    expect(viewSearch.parse({ site: "../x", from: "soon", sort: "a;b", q: "x", other: "1" })).toEqual({ q: "x" });
  });
  test("a URL without a range shows the last 24 hours", () => expect(rangeOf({})).toEqual({ from: "-24h", to: "now" }));
  test("sort", () => {
    expect(parseSort("-signal", "name")).toEqual({ id: "signal", descending: true });
    expect(parseSort(undefined, "name")).toEqual({ id: "name", descending: false });
  });
});
