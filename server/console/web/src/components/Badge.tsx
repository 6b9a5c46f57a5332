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

// "quiet" would be a verdict; until detections judge what is heard, it is only heard.
const sites: Record<SiteState, { tone: Tone; mark: MarkKind; word: string }> = {
  quiet: { tone: "ok", mark: "ok", word: "Heard" },
  attention: { tone: "high", mark: "attention", word: "Attention" },
  no_data: { tone: "none", mark: "none", word: "No data" },
  pending: { tone: "none", mark: "pending", word: "Pending" },
};

export function SiteBadge({ state }: { state: SiteState }) {
  const { tone, mark, word } = sites[state];
  return (
    <Badge tone={tone} mark={mark}>
      {word}
    </Badge>
  );
}

const taps: Record<TapState, { tone: Tone; mark: MarkKind; word: string }> = {
  online: { tone: "ok", mark: "ok", word: "Online" },
  degraded: { tone: "med", mark: "degraded", word: "Degraded" },
  silent: { tone: "none", mark: "none", word: "Silent" },
  never: { tone: "none", mark: "pending", word: "Never reported" },
};

export function TapBadge({ state }: { state: TapState }) {
  const { tone, mark, word } = taps[state];
  return (
    <Badge tone={tone} mark={mark}>
      {word}
    </Badge>
  );
}

const adapters: Record<Adapter["state"], { tone: Tone; mark: MarkKind; word: string }> = {
  listening: { tone: "ok", mark: "ok", word: "Listening" },
  failed: { tone: "high", mark: "attention", word: "Fails" },
  gone: { tone: "med", mark: "degraded", word: "Gone" },
  unused: { tone: "info", mark: "info", word: "Not used" },
  unknown: { tone: "none", mark: "none", word: "Unknown" },
};

/** What a radio does; told: as it was told before the tap fell silent, and so not known now. */
export function AdapterBadge({ state, told = false }: { state: Adapter["state"]; told?: boolean }) {
  const { tone, mark, word } = adapters[told ? "unknown" : state];
  return (
    <Badge tone={tone} mark={mark} {...(told ? { title: `Before it fell silent: ${adapters[state].word.toLowerCase()}` } : {})}>
      {word}
    </Badge>
  );
}

/** Marks what comes from a recording, wherever it is shown. */
export function DemoBadge({ short = false }: { short?: boolean }) {
  return (
    <Badge tone="low" title="Recorded frames are replayed as if they were live">
      {short ? "Demo" : "Demonstration"}
    </Badge>
  );
}
