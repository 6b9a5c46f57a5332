import { describe, expect, test } from "vitest";
import type { Settings, TapSettings } from "../../../api/types";
import { allChannels, channelList, longChannel, parseChannels, shortChannel } from "./channels";
import { draftOf, settingsOf } from "./draft";
import { choices } from "./LockForm";
import { following, settingRows } from "./rows";

const nothing: Settings = {
  windowMS: null,
  radio: { use: null, country: null, ownMHz: null, onlyMHz: null, excludeMHz: null, shareIndex: null, shareOf: null, revisitMS: null },
};

const everything: Settings = {
  windowMS: 5000,
  radio: {
    use: false,
    country: "DE",
    ownMHz: [2412, 5180, 5955],
    onlyMHz: [],
    excludeMHz: [2484],
    shareIndex: 1,
    shareOf: 3,
    revisitMS: 1500,
  },
};

describe("channels", () => {
  test("are those of the node", () => {
    expect(allChannels).toHaveLength(109);
    expect(new Set(allChannels.map((c) => c.mhz)).size).toBe(109);
  });
  test.each([
    ["1", 2412],
    ["14", 2484],
    ["36", 5180],
    ["184", 4920],
    ["6:1", 5955],
    ["6:37", 6135],
    ["6:2", 5935],
    ["5180", 5180],
  ])("%s is read and written", (text, mhz) => expect(parseChannels(text)).toEqual([mhz]));
  test.each(["0", "15", "38", "6:3", "6:5955", "2413", "x", "1.5", "-1"])("%s is none", (text) =>
    expect(parseChannels(text)).toMatch(/no channel/),
  );
  test("lists are sorted, without repeats, whatever stands between", () => {
    expect(parseChannels(" 36,1; 6:37  1 ")).toEqual([2412, 5180, 6135]);
    expect(parseChannels(" ")).toEqual([]);
  });
  test("have names", () => {
    expect(shortChannel(6135)).toBe("6:37");
    expect(longChannel(5180)).toBe("Channel 36, 5 GHz, 5180 MHz");
    expect(channelList([2412, 5180, 6135])).toBe("1, 36 and 6:37");
    expect(channelList([])).toBe("none");
  });
});

describe("the form", () => {
  test.each([
    ["nothing", nothing],
    ["everything", everything],
  ])("gives back %s unchanged", (_, s) => expect(settingsOf(draftOf(s))).toEqual({ settings: s, wrong: {} }));

  test("tells what is wrong by field", () => {
    const draft = draftOf(everything);
    const wrong = settingsOf({
      ...draft,
      country: { set: "these", text: "d" },
      own: { set: "these", text: "" },
      only: { set: "these", text: "14" },
      share: { set: "these", index: "4", of: "3" },
      revisit: { set: "these", seconds: "601" },
    }).wrong;
    expect(Object.keys(wrong).sort()).toEqual(["country", "only", "own", "revisit", "share"]);
  });
  test("takes a country as people write it", () => {
    expect(settingsOf({ ...draftOf(nothing), country: { set: "these", text: " de " } }).settings.radio.country).toBe("DE");
  });
});

function tapSettings(change: Partial<TapSettings>): TapSettings {
  return {
    site: { slug: "main", name: "Main site" },
    ofSite: { ...nothing, changedBy: null, changedAt: null },
    ofTap: { ...nothing, changedBy: null, changedAt: null },
    effective: nothing,
    sources: {
      windowMS: "none",
      use: "none",
      country: "none",
      ownMHz: "none",
      onlyMHz: "none",
      excludeMHz: "none",
      share: "none",
      revisitMS: "none",
    },
    locks: [],
    revision: 7,
    revisionAt: new Date(),
    followedRevision: 6,
    followed: false,
    ...change,
  };
}

describe("the panel", () => {
  test("says for each setting what holds, and who says so", () => {
    expect(settingRows(tapSettings({})).map((r) => r.from)).toEqual(Array(8).fill("none"));
    const rows = settingRows(
      tapSettings({
        effective: everything,
        sources: {
          windowMS: "site",
          use: "tap",
          country: "site",
          ownMHz: "site",
          onlyMHz: "tap",
          excludeMHz: "tap",
          share: "tap",
          revisitMS: "site",
        },
      }),
    );
    expect(rows.map((r) => `${r.name}: ${r.value} (${r.from})`)).toEqual([
      "Radios: left alone: it does not listen by radio (tap)",
      "Country: DE (site)",
      "Own channels: 1, 36 and 6:1 (site)",
      "Listen only on: all channels (tap)",
      "Never listen on: 14 (tap)",
      "Share of the channels: share 2 of 3 (tap)",
      "Back on each channel: after 1 s at most (site)",
      "Report: every 5 s (site)",
    ]);
  });
  test("says whether the tap follows, or why not yet", () => {
    const tap = (state: "online" | "degraded" | "silent", demonstration = false) => ({ state, demonstration });
    expect(following(tapSettings({ followed: true }), tap("online")).kind).toBe("followed");
    expect(following(tapSettings({}), tap("online")).kind).toBe("waiting");
    expect(following(tapSettings({ followedRevision: null }), tap("degraded")).why).toMatch(/too old/);
    expect(following(tapSettings({}), tap("silent")).kind).toBe("away");
    expect(following(tapSettings({ followedRevision: null }), tap("online", true)).why).toMatch(/recording/);
  });
  test("offers the channels that an adapter may listen to, or all where none is told", () => {
    const adapter = { name: "phy0", bands: [{ band: "5 GHz", channels: [36, 40] }] };
    expect(choices({ adapters: [adapter] }, "").map((c) => c.number)).toEqual([36, 40]);
    expect(choices({ adapters: [adapter] }, "phy9")).toHaveLength(109);
    expect(choices({ adapters: [] }, "")).toHaveLength(109);
  });
});
