import { describe, expect, test } from "vitest";
import { tapCoverage, tapChannels } from "../../../test/fixtures/radio";
import { tapRefs } from "../../../test/fixtures/air";
import { dated } from "../../api/dated";
import type { PlanBar } from "./channelPlan";
import { channelPlan, formatShare } from "./channelPlan";

const id = tapRefs[1].id;
const plan = channelPlan(dated(tapCoverage(id, 0, 86_400_000)), dated(tapChannels(id)));
const find = (band: string, channel: number): PlanBar | undefined =>
  plan.find((b) => b.band === band)?.bars.find((b) => b.channel === channel);

describe("channel plan", () => {
  test("has every band and channel, heard or not", () => {
    expect(plan.map((b) => `${b.band} ${String(b.bars.length)}`)).toEqual(["2.4 GHz 13", "5 GHz 25", "6 GHz 15"]);
  });
  test("a channel that two listen to has both parts", () => {
    const bar = find("2.4 GHz", 6);
    expect(bar?.heard).toBe("heard");
    expect(bar?.by.map((p) => p.heard)).toEqual(["heard", "heard", "blind"]);
    expect(bar?.by[0]?.sharePercent).toBe(22);
    expect(bar?.lostPercent).toBeGreaterThan(0);
    expect(bar?.title).toMatch(/^Channel 6: listened to 24 % of the time, \d+ % busy, \d+ frames lost$/);
  });
  test("a channel that it may listen to and does not is blind, and its air is not judged", () => {
    const bar = find("5 GHz", 120);
    expect(bar).toMatchObject({ heard: "blind", busyPercent: null, lostPercent: null });
    expect(bar?.title).toBe("Channel 120: blind, not listened to at all");
  });
  test("half a percent of the time in all is enough, less is too little", () => {
    expect(find("5 GHz", 104)).toMatchObject({ heard: "little", busyPercent: null });
    expect(find("5 GHz", 132)?.heard).toBe("heard"); // by two
    expect(find("5 GHz", 132)?.by.map((p) => p.heard)).toEqual(["blind", "little", "little"]);
  });
  test("a radio without the band is out of reach there", () => expect(find("6 GHz", 5)?.by[2]?.heard).toBe("outside"));
  test("a band says in words what is heard of it", () => {
    expect(plan[0]?.says).toBe("13 of 13 heard");
    expect(plan[1]?.says).toBe("17 of 25 heard, 4 too little, 4 blind");
  });
  test("without any radio nothing is known, and nothing looks heard", () => {
    const none = channelPlan(dated(tapCoverage("another", 0, 86_400_000)), []);
    expect(none.map((b) => b.says)).toEqual(Array(3).fill("out of reach of its radios: what happens there is not known"));
    expect(none.flatMap((b) => b.bars).every((b) => b.heard === "outside" && b.busyPercent === null && b.lostPercent === null)).toBe(true);
  });
});

test.each([
  [0, "0 %"],
  [0.03, "<0.1 %"],
  [0.34, "0.3 %"],
  [21.6, "22 %"],
])("a share of %d", (share, want) => expect(formatShare(share)).toBe(want));
