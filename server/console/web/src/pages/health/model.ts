import type { Diagnosis, Health, HealthSign } from "../../api/types";
import type { Word } from "../../components/Badge";
import { numberWord } from "../../format/number";

export const stateWords: Record<HealthSign["state"], Word> = {
  critical: { tone: "high", mark: "attention", word: "Critical" },
  warning: { tone: "med", mark: "degraded", word: "Warning" },
  unknown: { tone: "none", mark: "none", word: "Not known" },
  good: { tone: "ok", mark: "ok", word: "Good" },
};

export const kindNames: Record<HealthSign["kind"], string> = {
  tap_offline: "Taps",
  drops: "Drops",
  clock: "Clocks",
  node: "Node",
  database_lag: "Database",
  partition: "Partitions",
  certificate: "Certificate",
  queue: "Queue",
  disk: "Disk",
  job: "Background work",
};

export const symptomNames: Record<Diagnosis["symptom"], string> = {
  tap_timeouts: "Taps run into time-outs",
  failed_answers: "Connections are closed, or answered with errors",
  slow_interface: "The console is slow",
};

export const resourceNames: Record<Diagnosis["resource"], string> = {
  node_cpu: "the node's processors",
  node_memory: "the node's memory",
  database_write: "writing to the database",
  database_read: "reading from the database",
  network: "the network",
  unknown: "not known",
};

/** The page's finding: what is short comes before what is off. */
export function finding({ diagnoses, indicators }: Pick<Health, "diagnoses" | "indicators">): string {
  const [first] = diagnoses;
  if (first) return `${symptomNames[first.symptom]}: ${resourceNames[first.resource]}`;
  const count = (state: HealthSign["state"]): number => indicators.filter((i) => i.state === state).length;
  for (const [state, one, more] of [
    ["critical", "thing is critical", "things are critical"],
    ["warning", "thing needs attention", "things need attention"],
    ["unknown", "thing is not known", "things are not known"],
  ] as const) {
    const n = count(state);
    if (n > 0) return `${numberWord(n)} ${n === 1 ? one : more}`;
  }
  return "All is well";
}
