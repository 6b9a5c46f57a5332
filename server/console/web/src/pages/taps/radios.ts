import type { Radios, Tap } from "../../api/types";
import type { MarkKind } from "../../components/Mark";

const ranks: Record<Radios["worst"], number> = { failed: 0, gone: 1, unknown: 2, unused: 3, listening: 4, none: 5 };

/** Worst first. */
export function radiosRank(radios: Radios): number {
  return ranks[radios.worst];
}

/** The mark of a tap's radios. One that cannot be used is no fault where others listen; where none listens, nothing is well. */
export function radiosMark({ worst, listening }: Radios): MarkKind | null {
  switch (worst) {
    case "none":
      return null;
    case "unknown":
      return listening > 0 ? "degraded" : "none";
    case "failed":
      return "attention";
    case "gone":
      return "degraded";
    case "unused":
      return listening > 0 ? "ok" : "none";
    case "listening":
      return "ok";
  }
}

/** "2 of 3 listening, one fails". */
export function radiosSentence({ radios }: Pick<Tap, "radios">): string {
  const { listening, total, worst } = radios;
  if (worst === "none") return "no radio told of";
  if (worst === "unknown" && listening === 0) return "not known";
  const said = `${String(listening)} of ${String(total)} listening`;
  switch (worst) {
    case "failed":
      return `${said}, one fails`;
    case "gone":
      return `${said}, one is gone`;
    default:
      return said;
  }
}
