import type { BackgroundJob, ClusterNode } from "../../api/types";
import type { Word } from "../../components/Badge";
import { formatCount, formatRate, numberWord, plural, withMinus } from "../../format/number";

export const nodeWords: Record<ClusterNode["state"], Word> = {
  serving: { tone: "ok", mark: "ok", word: "Serving" },
  draining: { tone: "med", mark: "degraded", word: "Draining" },
  left: { tone: "none", mark: "none", word: "Left" },
  lost: { tone: "high", mark: "attention", word: "Lost" },
};

export const jobWords: Record<BackgroundJob["state"], Word> = {
  ok: { tone: "ok", mark: "ok", word: "Done" },
  running: { tone: "info", mark: "info", word: "Runs" },
  failed: { tone: "high", mark: "attention", word: "Failed" },
  late: { tone: "high", mark: "attention", word: "Late" },
};

/** What jobs are called by people. One of a newer release has the name it gives itself. */
export function jobName(kind: string): string {
  return jobNames[kind] ?? kind.replaceAll("_", " ");
}

const jobNames: Record<string, string> = {
  roll_up: "Build rollups",
  make_partitions: "Make partitions ahead",
  count_registries: "Count what was heard",
  seal_secrets: "Seal secrets with the present key",
  retain: "Drop what retention ends",
  repair_rollups: "Repair missing rollups",
  prune_nodes: "Forget nodes that are gone",
  prune_nonces: "Forget used nonces",
  prune_pending_boxes: "Forget boxes that nobody adopted",
};

/** How far a clock may be off before taps' requests with short lives are refused. */
const clockLimitMS = 1000;

/** A clock's difference: "+1.2 ms", "−3.4 s". bad: somebody should look at the machine's time. */
export function clockText(node: Pick<ClusterNode, "clockMS" | "clockErrorMS">): { text: string; bad: boolean } {
  const sign = node.clockMS < 0 ? "-" : "+";
  const off = Math.abs(node.clockMS);
  const text = off >= 1000 ? `${sign}${(off / 1000).toFixed(1)} s` : `${sign}${off.toFixed(1)} ms`;
  return { text: withMinus(text), bad: off - node.clockErrorMS > clockLimitMS };
}

/** The page's finding: what is wrong first, else how many serve. */
export function finding(nodes: readonly ClusterNode[]): string {
  const of = (state: ClusterNode["state"]) => nodes.filter((n) => n.state === state).length;
  const lost = of("lost");
  if (lost > 0) return `${numberWord(lost)} ${lost === 1 ? "node is" : "nodes are"} lost`;
  const draining = of("draining");
  if (draining > 0) return `${numberWord(draining)} ${draining === 1 ? "node drains" : "nodes drain"}`;
  const serving = of("serving");
  return `${numberWord(serving)} ${serving === 1 ? "node serves" : "nodes serve"}`;
}

/** One line under it. */
export function facts(nodes: readonly ClusterNode[]): string {
  const serving = nodes.filter((n) => n.state === "serving");
  const versions = new Set(serving.map((n) => n.version));
  const rate = serving.reduce((sum, n) => sum + n.reportsPerSecond, 0);
  const one = versions.size > 1 ? `${formatCount(versions.size)} versions, as during an upgrade` : `version ${[...versions][0] ?? "unknown"}`;
  const some = serving.length < nodes.length ? `${plural(serving.length, "serves", "serve")} · ` : "";
  return `${some}${formatRate(rate)} reports a second · ${one}`;
}
