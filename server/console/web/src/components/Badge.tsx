import type { ReactNode } from "react";
import type { Adapter, SiteState, TapState } from "../api/types";
import css from "./Badge.module.css";
import { Mark, type MarkKind } from "./Mark";

export type Tone = "ok" | "med" | "high" | "low" | "info" | "accent" | "none";

export function Badge({ tone, mark, title, children }: { tone: Tone; mark?: MarkKind; title?: string; children: ReactNode }) {
  return (
    <span className={`${css["badge"] ?? ""} ${css[tone] ?? ""} ${mark ? "" : (css["plain"] ?? "")}`} title={title}>
      {mark && <Mark kind={mark} size={12} />}
      {children}
    </span>
  );
}

/** A state as shape, colour and word. */
export interface Word {
  tone: Tone;
  mark: MarkKind;
  word: string;
}

export function WordBadge({ word: { tone, mark, word }, title }: { word: Word; title?: string }) {
  return (
    <Badge tone={tone} mark={mark} {...(title === undefined ? {} : { title })}>
      {word}
    </Badge>
  );
}

// "quiet" would be a verdict; until detections judge what is heard, it is only heard.
const sites: Record<SiteState, Word> = {
  quiet: { tone: "ok", mark: "ok", word: "Heard" },
  attention: { tone: "high", mark: "attention", word: "Attention" },
  no_data: { tone: "none", mark: "none", word: "No data" },
  pending: { tone: "none", mark: "pending", word: "Pending" },
};

export function SiteBadge({ state }: { state: SiteState }) {
  return <WordBadge word={sites[state]} />;
}

const taps: Record<TapState, Word> = {
  online: { tone: "ok", mark: "ok", word: "Online" },
  degraded: { tone: "med", mark: "degraded", word: "Degraded" },
  silent: { tone: "none", mark: "none", word: "Silent" },
  never: { tone: "none", mark: "pending", word: "Never reported" },
};

export function TapBadge({ state }: { state: TapState }) {
  return <WordBadge word={taps[state]} />;
}

const adapters: Record<Adapter["state"], Word> = {
  listening: { tone: "ok", mark: "ok", word: "Listening" },
  failed: { tone: "high", mark: "attention", word: "Fails" },
  gone: { tone: "med", mark: "degraded", word: "Gone" },
  unused: { tone: "info", mark: "info", word: "Not used" },
  unknown: { tone: "none", mark: "none", word: "Unknown" },
};

/** What a radio does; told: as it was told before the tap fell silent, and so not known now. */
export function AdapterBadge({ state, told = false }: { state: Adapter["state"]; told?: boolean }) {
  if (!told) return <WordBadge word={adapters[state]} />;
  return <WordBadge word={adapters.unknown} title={`Before it fell silent: ${adapters[state].word.toLowerCase()}`} />;
}

/** Marks what comes from a recording, wherever it is shown. */
export function DemoBadge({ short = false }: { short?: boolean }) {
  return (
    <Badge tone="low" title="Recorded frames are replayed as if they were live">
      {short ? "Demo" : "Demonstration"}
    </Badge>
  );
}
