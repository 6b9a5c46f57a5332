import { expect, test } from "vitest";
import type { Radios } from "../../api/types";
import { radiosMark, radiosRank, radiosSentence } from "./radios";

const radios = (listening: number, total: number, worst: Radios["worst"]): Radios => ({ listening, total, worst });

test.each([
  [radios(0, 0, "none"), null, "no radio told of"],
  [radios(2, 2, "listening"), "ok", "2 of 2 listening"],
  [radios(1, 2, "unused"), "ok", "1 of 2 listening"],
  [radios(0, 1, "unused"), "none", "0 of 1 listening"],
  [radios(2, 3, "failed"), "attention", "2 of 3 listening, one fails"],
  [radios(1, 2, "gone"), "degraded", "1 of 2 listening, one is gone"],
  [radios(0, 2, "unknown"), "none", "not known"],
] as const)("%j", (r, mark, said) => {
  expect(radiosMark(r)).toBe(mark);
  expect(radiosSentence({ radios: r })).toBe(said);
});

test("no radio that does not listen looks well", () => {
  for (const worst of ["failed", "gone", "unused", "unknown"] as const) expect(radiosMark(radios(0, 1, worst))).not.toBe("ok");
});

test("the worst sort first", () => expect(radiosRank(radios(2, 3, "failed"))).toBeLessThan(radiosRank(radios(3, 3, "listening"))));
