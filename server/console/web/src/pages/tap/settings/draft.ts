import type { Settings } from "../../../api/types";
import { parseChannels, shortChannel } from "./channels";

/** One layer of settings as a form holds it. "inherit": this layer says nothing. */
export interface Draft {
  use: "inherit" | "yes" | "no";
  country: Choice;
  own: Choice;
  only: Choice;
  exclude: Choice;
  share: { set: "inherit" | "these"; index: string; of: string }; // index counts from 1, as people do
  revisit: { set: "inherit" | "these"; seconds: string };
  windowMS: number | null;
}

/** A setting that is inherited, nothing, or a text. */
export interface Choice {
  set: "inherit" | "none" | "these";
  text: string;
}

/** What is wrong with a draft, by field. */
export type Wrong = Partial<Record<"country" | "own" | "only" | "exclude" | "share" | "revisit", string>>;

export const windows = [5000, 10_000, 15_000, 20_000, 30_000, 60_000];

const none: Choice = { set: "inherit", text: "" };

function listChoice(list: readonly number[] | null): Choice {
  if (list === null) return none;
  return list.length === 0 ? { set: "none", text: "" } : { set: "these", text: list.map(shortChannel).join(", ") };
}

/** The form for what a layer says. */
export function draftOf(s: Settings): Draft {
  const r = s.radio;
  return {
    use: r.use === null ? "inherit" : r.use ? "yes" : "no",
    country: r.country === null ? none : r.country === "" ? { set: "none", text: "" } : { set: "these", text: r.country },
    own: listChoice(r.ownMHz),
    only: listChoice(r.onlyMHz),
    exclude: listChoice(r.excludeMHz),
    share:
      r.shareIndex === null || r.shareOf === null
        ? { set: "inherit", index: "1", of: "2" }
        : { set: "these", index: String(r.shareIndex + 1), of: String(r.shareOf) },
    revisit: r.revisitMS === null ? { set: "inherit", seconds: "60" } : { set: "these", seconds: String(r.revisitMS / 1000) },
    windowMS: s.windowMS,
  };
}

function list(choice: Choice, wrong: (text: string) => void): number[] | null {
  if (choice.set !== "these") return choice.set === "none" ? [] : null;
  const parsed = parseChannels(choice.text);
  if (typeof parsed === "string") {
    wrong(parsed);
    return null;
  }
  if (parsed.length === 0) wrong("Write at least one channel, or choose none.");
  return parsed;
}

/** What a form says, and what is wrong with it. The node checks it again. */
export function settingsOf(d: Draft): { settings: Settings; wrong: Wrong } {
  const wrong: Wrong = {};
  const country = d.country.text.trim().toUpperCase();
  if (d.country.set === "these" && !/^([A-Z]{2}|00)$/.test(country)) wrong.country = "Two letters, as in DE; 00 is the whole world.";
  const ownMHz = list(d.own, (text) => (wrong.own = text));
  const onlyMHz = list(d.only, (text) => (wrong.only = text));
  const excludeMHz = list(d.exclude, (text) => (wrong.exclude = text));
  if (onlyMHz !== null && onlyMHz.length > 0 && onlyMHz.every((f) => excludeMHz?.includes(f) ?? false))
    wrong.only = "All of these are excluded as well, so that no channel is left.";
  const [index, of] = [whole(d.share.index), whole(d.share.of)];
  const share = d.share.set === "these";
  if (share && (of === null || of > 64 || index === null || index > of)) wrong.share = "The first of 2 to the last of 64.";
  const seconds = Number(d.revisit.seconds);
  const revisit = d.revisit.set === "these";
  if (revisit && !(seconds >= 1 && seconds <= 600)) wrong.revisit = "1 to 600 seconds.";
  return {
    wrong,
    settings: {
      windowMS: d.windowMS,
      radio: {
        use: d.use === "inherit" ? null : d.use === "yes",
        country: d.country.set === "inherit" ? null : d.country.set === "none" ? "" : country,
        ownMHz,
        onlyMHz,
        excludeMHz,
        shareIndex: share && index !== null ? index - 1 : null,
        shareOf: share ? of : null,
        revisitMS: revisit ? Math.round(seconds * 1000) : null,
      },
    },
  };
}

/** A whole number from 1, or null. */
function whole(text: string): number | null {
  return /^[1-9]\d{0,2}$/.test(text.trim()) ? Number(text) : null;
}
