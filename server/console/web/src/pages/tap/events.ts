import type { EventKind } from "../../api/types";
import type { MarkKind } from "../../components/Mark";

/** A choice of events, as the URL's q names it. */
export interface EventChoice {
  id: string;
  label: string;
  kinds: readonly EventKind[]; // none: all
}

export const eventChoices: readonly EventChoice[] = [
  { id: "", label: "All", kinds: [] },
  { id: "trouble", label: "Trouble", kinds: ["adapter_failed", "adapter_silent", "adapter_gone"] },
  {
    id: "adapters",
    label: "Adapters",
    kinds: ["adapter_appeared", "adapter_gone", "adapter_claimed", "adapter_released", "adapter_failed", "adapter_silent"],
  },
  { id: "rules", label: "Rules and settings", kinds: ["regulatory_changed", "desired_changed"] },
];

/** The choice that the URL names; all, where it names none that there is. */
export function eventChoice(q: string | undefined): EventChoice {
  return eventChoices.find((c) => c.id === (q ?? "")) ?? { id: "", label: "All", kinds: [] };
}

/** What happened, in a word, and the mark beside it. */
export const eventWords: Record<EventKind, { word: string; mark: MarkKind }> = {
  adapter_appeared: { word: "Plugged in", mark: "info" },
  adapter_gone: { word: "Unplugged", mark: "degraded" },
  adapter_claimed: { word: "Listens", mark: "ok" },
  adapter_released: { word: "Released", mark: "info" },
  adapter_failed: { word: "Failed", mark: "attention" },
  adapter_silent: { word: "Silent", mark: "attention" },
  regulatory_changed: { word: "Rules changed", mark: "info" },
  desired_changed: { word: "Settings changed", mark: "info" },
  other: { word: "Event", mark: "info" },
};
