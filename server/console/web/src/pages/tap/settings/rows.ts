import type { Settings, TapDetail, TapSettings } from "../../../api/types";
import { formatDuration } from "../../../format/time";
import { channelList } from "./channels";

/** A setting as the panel shows it. */
export interface Row {
  name: string;
  value: string;
  from: "tap" | "site" | "none";
}

/** Each setting in words, with who says so. */
export function settingRows(t: TapSettings): Row[] {
  const words = settingWords(t.effective);
  const s = t.sources;
  const row = (name: string, value: string, from: Row["from"], otherwise: string): Row => ({
    name,
    from,
    value: from === "none" ? otherwise : value,
  });
  return [
    row("Radios", words.use, s.use, "used, all that can listen"),
    row("Country", words.country, s.country, "as it finds it"),
    row("Own channels", words.own, s.ownMHz, "none named"),
    row("Listen only on", words.only, s.onlyMHz, "all channels"),
    row("Never listen on", words.exclude, s.excludeMHz, "none"),
    row("Share of the channels", words.share, s.share, "all of them"),
    row("Back on each channel", words.revisit, s.revisitMS, "as it finds best"),
    row("Report", words.window, s.windowMS, "as when it enrolled"),
  ];
}

/** The words for what settings say; "" where they say nothing. */
export function settingWords(s: Settings): Record<"use" | "country" | "own" | "only" | "exclude" | "share" | "revisit" | "window", string> {
  const r = s.radio;
  const list = (mhz: readonly number[] | null, empty: string): string => (mhz === null ? "" : mhz.length === 0 ? empty : channelList(mhz));
  return {
    use: r.use === null ? "" : r.use ? "used" : "left alone: it does not listen by radio",
    country: r.country === null ? "" : r.country === "" ? "as it finds it" : r.country === "00" ? "00, the whole world" : r.country,
    own: list(r.ownMHz, "none"),
    only: list(r.onlyMHz, "all channels"),
    exclude: list(r.excludeMHz, "none"),
    share: r.shareIndex === null || r.shareOf === null ? "" : `share ${String(r.shareIndex + 1)} of ${String(r.shareOf)}`,
    revisit: r.revisitMS === null ? "" : `after ${formatDuration(r.revisitMS / 1000)} at most`,
    window: s.windowMS === null ? "" : `every ${formatDuration(s.windowMS / 1000)}`,
  };
}

/** Whether the tap does what is wanted, as a word and a sentence. */
export function following(
  t: TapSettings,
  tap: Pick<TapDetail, "state" | "demonstration">,
): { kind: "followed" | "waiting" | "away"; word: string; why: string } {
  if (t.followed) return { kind: "followed", word: "Followed", why: "The tap follows all of this." };
  if (tap.demonstration)
    return { kind: "away", word: "Not followed", why: "The tap replays a recording, in which nothing can be changed." };
  if (tap.state === "silent" || tap.state === "never")
    return { kind: "away", word: "Waits for the tap", why: "The tap does not report; it learns of the latest change when it is back." };
  if (t.followedRevision === null)
    return {
      kind: "waiting",
      word: "On its way",
      why: "The tap has not said yet that it follows settings. If this stays, its software may be too old for them.",
    };
  return {
    kind: "waiting",
    word: "On its way",
    why: "The tap follows what was set before, and learns of the change with its next report.",
  };
}
