import { describe, expect, test } from "vitest";
import { complete } from "./complete";
import { operatorWord, parseQuery, printQuery } from "./language";
import { matches, type Field } from "./match";

interface Row {
  ssid: string;
  band: string;
  signal: number | null;
  seen: Date;
}

const now = new Date("2026-11-17T14:32:00Z");
const row = (ssid: string, band: string, signal: number | null, secondsAgo: number): Row => ({
  ssid,
  band,
  signal,
  seen: new Date(now.getTime() - secondsAgo * 1000),
});
const fields: Field<Row>[] = [
  { id: "ssid", hint: "network name", kind: "text", of: (r) => [r.ssid] },
  { id: "band", hint: "2.4, 5 or 6 GHz", kind: "choice", of: (r) => [r.band] },
  { id: "signal", hint: "dBm", unit: "dBm", kind: "number", of: (r) => r.signal },
  { id: "seen", hint: "last heard", kind: "age", of: (r) => r.seen },
];
const rows = [row("Guest", "2.4 GHz", -78, 30), row("Guest", "5 GHz", -44, 30), row("Halden Staff", "5 GHz", null, 7200)];
const match = (query: string): number[] => rows.flatMap((r, i) => (matches(r, parseQuery(query), fields, now) ? [i] : []));

describe("a query", () => {
  test.each([
    ["", [0, 1, 2]],
    ["guest", [0, 1]],
    ['ssid:"halden staff"', [2]],
    ['band:"5 GHz"', [1, 2]],
    ['band!="5 GHz"', [0]],
    ['band:"2.4 GHz","5 GHz"', [0, 1, 2]],
    ["signal>=-80", [0, 1]],
    ["signal>=\u221250", [1]],
    ["seen<15m", [0, 1]],
    ["seen>1h guest", []],
    ["nosuch:1", []],
    ["ssid:", [0, 1, 2]],
  ])("%s", (query, want) => expect(match(query)).toEqual(want));

  test.each(['ssid:"a \\"b\\" c" guest', 'band:"5 GHz","6 GHz" signal>=-80', '"two words"', "ssid:a:b"])(
    "%s is printed as it was read",
    (query) => expect(printQuery(parseQuery(query))).toBe(query),
  );
  test("an open quote ends with the text", () => expect(parseQuery('ssid:"open')).toEqual([{ field: "ssid", op: ":", values: ["open"] }]));
  test("chips speak plainly", () => {
    expect(operatorWord(":", "choice", 2)).toBe("any of");
    expect(operatorWord("<", "age", 1)).toBe("within");
    expect(operatorWord(">=", "number", 1)).toBe("≥");
  });
});

describe("completion", () => {
  test("fields by their beginning", () => expect(complete("s", fields, rows).map((s) => s.text)).toEqual(["ssid:", "signal>=", "seen<"]));
  test("values with their counts in what is filtered", () => {
    const values = complete("band:", fields, rows).filter((s) => s.group === "Values");
    expect(values.map((s) => [s.label, s.count])).toEqual([
      ["5 GHz", 2],
      ["2.4 GHz", 1],
    ]);
    expect(values[0]?.text).toBe('band:"5 GHz"');
  });
  test("values that contain what is typed", () => expect(complete("ssid:hal", fields, rows)[0]?.label).toBe("Halden Staff"));
  test("other operators keep the number", () => expect(complete("signal>=-80", fields, rows).map((s) => s.text)).toContain("signal<=-80"));
});
