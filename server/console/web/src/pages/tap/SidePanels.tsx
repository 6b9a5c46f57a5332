import type { TapDetail } from "../../api/types";
import { Badge } from "../../components/Badge";
import { Panel } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { Stranger, textStyle, When } from "../../components/text";
import { formatCount, formatRate } from "../../format/number";
import { formatDuration } from "../../format/time";
import css from "./tap.module.css";

const steps: Record<TapDetail["state"], string[]> = {
  online: [],
  degraded: [
    "Look at its adapters and captures: one that fails says why, and what would cure it.",
    "Frames lost and a CPU near 100 % mean that the machine is too slow for what it hears: capture less on it, or use a faster one.",
  ],
  silent: [
    "Look whether the box has power, and its network cable a light.",
    "Look whether it reaches a node: its log names the address that it tries.",
    "Its reports wait on it meanwhile, for at least a day; they come in when it is back.",
  ],
  never: [
    "Look at the tap's log: it says why it cannot report.",
    "Look whether its clock is right; a request signed more than five minutes ago is refused.",
  ],
};

/** What is wrong, and what to do about it. */
export function CurePanel({ tap }: { tap: TapDetail }) {
  return (
    <Panel title="What is wrong, and the cure">
      <div className={`${css["wrong"] ?? ""} ${tap.state === "degraded" ? "" : (css["silent"] ?? "")}`}>
        <b>{tap.why === "" ? "It does not report as it should" : tap.why}</b>
        <ol>
          {steps[tap.state].map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </div>
    </Panel>
  );
}

/** What it listens to. */
export function CapturesPanel({ tap }: { tap: TapDetail }) {
  const live = tap.state === "online" || tap.state === "degraded";
  return (
    <Panel title="Captures" note="as of its latest report">
      <SimpleTable
        label="Captures"
        rows={tap.captures}
        rowKey={(c) => c.name}
        none="It has not reported what it captures."
        columns={[
          {
            header: "Interface or file",
            cell: (c) => (
              <>
                <span className={textStyle.strong}>
                  <Stranger text={c.name} max={64} />
                </span>
                <div className={`${textStyle.dim} ${textStyle.small}`}>
                  {c.kind}, {c.linkType}
                </div>
              </>
            ),
          },
          {
            header: "State",
            wrap: true,
            cell: (c) =>
              c.error !== "" ? (
                <>
                  <Badge tone="high" mark="attention">
                    Fails
                  </Badge>{" "}
                  <span className={css["error"]}>{c.error}</span>
                </>
              ) : live ? (
                <Badge tone="ok" mark="ok">
                  Capturing
                </Badge>
              ) : (
                <Badge tone="none" mark="none">
                  Unknown
                </Badge>
              ),
          },
          { header: "Frames/s", right: true, cell: (c) => (live ? formatRate(c.framesPerSecond) : "unknown") },
          { header: "Lost", right: true, cell: (c) => formatCount(c.drops) },
        ]}
      />
    </Panel>
  );
}

/** Spans without a report: what happened then is not known. */
export function GapsPanel({ tap }: { tap: TapDetail }) {
  return (
    <Panel title="Gaps" note="spans of the time range that no report covers">
      <SimpleTable
        label="Gaps"
        dense
        rows={tap.gaps}
        rowKey={(g) => g.from.toISOString()}
        none={
          tap.firstReportAt === null
            ? "It has never reported, so all of the time range is one gap."
            : "None: reports cover the whole time since it started."
        }
        columns={[
          { header: "From", cell: (g) => <When at={g.from} /> },
          { header: "Lasted", cell: (g) => formatDuration((g.to.getTime() - g.from.getTime()) / 1000) },
          { header: "Why", wrap: true, cell: (g) => g.reason },
        ]}
      />
    </Panel>
  );
}
