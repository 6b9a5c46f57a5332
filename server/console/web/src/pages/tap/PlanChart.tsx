import { useMemo } from "react";
import type { TapChannel, TapCoverage } from "../../api/types";
import { visibleText } from "../../format/text";
import { channelPlan, type Heard, type PlanBar } from "./channelPlan";
import css from "./tap.module.css";

const PITCH = 11;
const LANE = 30;
const STEP = LANE + 8;
const LEFT = 104;
const TOP = 18;
const GAP = 14;

interface Lane {
  label: string;
  sub: string;
  colour: string;
  /** How high the bar is, 0 to 1, and whether it is known at all. */
  of: (bar: PlanBar) => { heard: Heard; share: number };
}

/** A bar a channel and a lane a listener, then what the air did: hatched is what nobody knows. */
export function PlanChart({ coverage, air }: { coverage: TapCoverage; air: readonly TapChannel[] }) {
  const bands = useMemo(() => channelPlan(coverage, air), [coverage, air]);
  const lanes = useMemo(
    () =>
      planLanes(
        coverage,
        bands.flatMap((b) => b.bars),
      ),
    [coverage, bands],
  );
  const starts = bands.map((_, i) => LEFT + bands.slice(0, i).reduce((sum, b) => sum + b.bars.length * PITCH + GAP, 0));
  const width = (starts.at(-1) ?? 0) + (bands.at(-1)?.bars.length ?? 0) * PITCH;
  return (
    <>
      <ul className={css["bands"]} aria-label="What is heard of each band">
        {bands.map((b) => (
          <li key={b.band}>
            <b>{b.band}</b> {b.says}
          </li>
        ))}
      </ul>
      <div className={css["plan"]} tabIndex={0} role="region" aria-label="Channel plan">
        <svg
          width={width}
          height={TOP + lanes.length * STEP + 8}
          role="img"
          aria-label="Share of time listened, a lane an adapter, then how busy the air was and what was lost, a channel each; the table has the figures"
        >
          {lanes.map((lane, i) => (
            <g key={i} transform={`translate(0 ${String(TOP + i * STEP)})`}>
              <text y={13} className={css["k"]}>
                {lane.label}
              </text>
              <text y={27}>{lane.sub}</text>
            </g>
          ))}
          {bands.map((b, n) => (
            <g key={b.band} transform={`translate(${String(starts[n] ?? 0)} 0)`}>
              <text y={11}>{b.band}</text>
              {b.bars.map((bar, i) => (
                <g key={bar.channel} transform={`translate(${String(i * PITCH)} ${String(TOP)})`}>
                  <title>{bar.title}</title>
                  {lanes.map((lane, row) => (
                    <Bar key={row} y={row * STEP} colour={lane.colour} {...lane.of(bar)} />
                  ))}
                  {i % 4 === 0 && (
                    <text x={PITCH / 2 - 1} y={lanes.length * STEP + 4} textAnchor="middle">
                      {bar.channel}
                    </text>
                  )}
                </g>
              ))}
            </g>
          ))}
        </svg>
      </div>
      <p className={css["note"]}>
        Bars: share of the time listened, against the longest. <Swatch hatched /> blind, or too little to judge: silence there means
        nothing. <Swatch /> out of reach: outside the radio, or the country&rsquo;s rules.
        {" In 6 GHz a bar stands for the four channels around a preferred one."}
      </p>
    </>
  );
}

/** A lane a listener, then the air; what was lost only where something was. */
function planLanes(coverage: TapCoverage, bars: readonly PlanBar[]): Lane[] {
  const longest = Math.max(0.01, ...bars.flatMap((b) => b.by.map((p) => p.sharePercent)));
  const lanes = coverage.listeners.map((l, i): Lane => {
    return {
      label: visibleText(l.adapter ?? l.capture, 14),
      sub: l.adapter === null ? "capture" : l.capture === "" ? "never listened" : visibleText(l.capture, 15),
      colour: "var(--series-1)",
      of: (bar) => {
        const part = bar.by[i];
        return { heard: part?.heard ?? "outside", share: (part?.sharePercent ?? 0) / longest };
      },
    };
  });
  const judged = (bar: PlanBar, percent: number | null, most: number): { heard: Heard; share: number } =>
    percent === null ? { heard: bar.heard === "outside" ? "outside" : "blind", share: 0 } : { heard: "heard", share: percent / most };
  lanes.push({
    label: "Air is busy",
    sub: "% of time heard",
    colour: "var(--series-4)",
    of: (bar) => judged(bar, bar.busyPercent, 100),
  });
  const lost = Math.max(...bars.map((b) => b.lostPercent ?? 0));
  if (lost > 0)
    lanes.push({
      label: "Frames lost",
      sub: `up to ${lost < 1 ? lost.toFixed(1) : lost.toFixed(0)} %`,
      colour: "var(--series-2)",
      of: (bar) => judged(bar, bar.lostPercent, lost),
    });
  return lanes;
}

const fills: Record<Heard, string> = {
  heard: "var(--surface-2)",
  outside: "var(--surface-2)",
  little: "url(#hatch)",
  blind: "url(#hatch)",
};

function Bar({ y, heard, share, colour }: { y: number; heard: Heard; share: number; colour: string }) {
  const height = Math.max(2, Math.min(1, share) * LANE);
  const some = (heard === "heard" || heard === "little") && share > 0;
  return (
    <g transform={`translate(0 ${String(y)})`}>
      <rect width={PITCH - 2} height={LANE} fill={fills[heard]} opacity={heard === "outside" ? 0.55 : 1} />
      {some && <rect y={LANE - height} width={PITCH - 2} height={height} rx={0.5} fill={colour} />}
    </g>
  );
}

function Swatch({ hatched = false }: { hatched?: boolean }) {
  return (
    <svg width="14" height="10" aria-hidden="true" className={css["swatch"]}>
      <rect width="14" height="10" fill={hatched ? "url(#hatch)" : "var(--surface-2)"} />
    </svg>
  );
}
