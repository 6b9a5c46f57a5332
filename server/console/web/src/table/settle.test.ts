import { expect, test } from "vitest";
import { settle } from "./settle";

test("rows follow what is new while nobody uses the table", () => {
  expect(settle(["a", "b"], ["c", "b", "a"], false)).toEqual({ order: ["c", "b", "a"], withheld: 0 });
});

test("rows keep their places while somebody does, and new ones are counted", () => {
  expect(settle(["a", "b", "x"], ["c", "b", "a", "d"], true)).toEqual({ order: ["a", "b"], withheld: 2 });
});
