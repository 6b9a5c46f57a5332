import { expect, test } from "vitest";
import { dated } from "./dated";
import { explain } from "./errors";
import { sameSubject } from "./reading";

test("times become Dates, by name, at any depth; all else stays", () => {
  const at = "2026-11-17T14:32:00.000Z";
  expect(dated({ at, name: at, lastReportAt: null, lanes: [{ at: [at, at], gaps: [{ from: at, to: at }] }], format: "x" })).toEqual({
    at: new Date(at),
    name: at,
    lastReportAt: null,
    lanes: [{ at: [new Date(at), new Date(at)], gaps: [{ from: new Date(at), to: new Date(at) }] }],
    format: "x",
  });
});

test("what was shown stays for another range or site, and for nothing else", () => {
  const scope = { tenant: "a", from: "-24h", to: "now", site: undefined };
  expect(sameSubject(["bss", scope, "x"], ["bss", { ...scope, from: "-1h", site: "main" }, "x"])).toBe(true);
  expect(sameSubject(["bss", scope, "x"], ["bss", scope, "y"])).toBe(false);
  expect(sameSubject(["bss", scope], ["bss", { ...scope, tenant: "b" }])).toBe(false);
  expect(sameSubject(["bss", scope], ["bss", scope, "x"])).toBe(false);
});

test.each([
  [0, undefined, /does not answer/],
  [401, "no", /not signed in/],
  [404, "not heard in this time range", /not heard/],
  [429, undefined, /Wait a minute/],
  [503, undefined, /Reports wait on the taps/],
  [418, undefined, /418/],
])("status %d is a sentence that helps", (status, detail, want) => expect(explain(status, detail)).toMatch(want));
