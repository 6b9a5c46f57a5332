import { expect, test } from "vitest";
import type { HomeSite } from "../../api/types";
import { homeSentence } from "./model";

const site = (name: string, state: HomeSite["state"]): HomeSite => ({
  slug: name.toLowerCase(),
  name,
  state,
  why: "",
  taps: { capturing: 1, total: 1 },
  coverage: [],
  wire: true,
  frames: 1,
  history: [],
  demonstration: false,
});

test.each<[string, HomeSite[]]>([
  ["There is no site yet", []],
  ["Main site is heard", [site("Main site", "quiet")]],
  ["Main site waits for its first tap", [site("Main site", "pending")]],
  [
    "Two sites need attention, one cannot be judged",
    [site("A", "attention"), site("B", "attention"), site("C", "no_data"), site("D", "quiet")],
  ],
  ["One site cannot be judged", [site("A", "quiet"), site("B", "no_data")]],
  ["All 2 sites are heard", [site("A", "quiet"), site("B", "quiet")]],
  ["Two of 3 sites are heard, the rest wait for a tap", [site("A", "quiet"), site("B", "quiet"), site("C", "pending")]],
])("%s", (want, sites) => expect(homeSentence(sites)).toBe(want));
