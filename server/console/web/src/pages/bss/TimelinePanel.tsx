import { useElementSize } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { bssSignalQuery } from "../../api/bss";
import type { BSSDetail, BSSSignal } from "../../api/types";
import { timeTicks } from "../../charts/axis";
import { LEFT, RIGHT } from "../../charts/waterfall/draw";
import { Panel } from "../../components/Panel";
import { BoneBlock, Loaded } from "../../components/state";
import { formatCount } from "../../format/number";
import { formatTick, formatUTC } from "../../format/time";
import { useNow } from "../../live/live";
import { resolveRange } from "../../url/range";
import { useRange, useScope } from "../../url/useView";
import css from "./bss.module.css";
import { buildTimeline, type Span } from "./timeline";

const ROW = 34;
const lanes = ["Listening", "Heard", "Disconnects", "Handshakes"];

/** What happened to a BSS, on the waterfall's axis. */
export function TimelinePanel({ bss }: { bss: BSSDetail }) {
  const query = useQuery(bssSignalQuery(useScope(), bss.bssid));
  return (
    <Panel
      title="Timeline"
      note="all that happened to it, same time axis"
      actions={
        <span className={css["legend"]}>
          <svg width="14" height="10" aria-hidden="true">
            <rect width="14" height="10" fill="url(#hatch)" />
          </svg>
          not listened on its channel
        </span>
      }
    >
      <Loaded query={query} bones={<BoneBlock height={150} />}>
        {(signal) => <Timeline signal={signal} bss={bss} />}
      </Loaded>
    </Panel>
  );
}

function Timeline({ signal, bss }: { signal: BSSSignal; bss: BSSDetail }) {
  const { ref, width } = useElementSize();
  const range = resolveRange(useRange(), useNow().getTime());
  const line = useMemo(() => buildTimeline(signal, bss), [signal, bss]);
  const left = LEFT;
  const x = (at: number): number =>
    left + ((Math.max(range.from, Math.min(range.to, at)) - range.from) / (range.to - range.from)) * (width - left - RIGHT);
  const y = (lane: number): number => lane * ROW + ROW / 2;
  const bars = (spans: Span[], lane: number, fill: string) =>
    spans.map((s) => (
      <rect key={s.from} x={x(s.from)} y={y(lane) - 4} width={Math.max(1, x(s.to) - x(s.from))} height={8} rx={1.5} fill={fill} />
    ));
  const height = lanes.length * ROW + 22;
  return (
    <div className={css["timeline"]}>
      <div ref={ref}>
        <svg width={width} height={height} role="img" aria-label="Timeline: listening, heard, disconnects, handshakes">
          {timeTicks(range.from, range.to, Math.max(2, Math.floor(width / 90))).map((at) => (
            <g key={at}>
              <path d={`M${String(x(at))} 4V${String(lanes.length * ROW)}`} stroke="var(--grid)" strokeDasharray="2 3" />
              <text x={x(at)} y={height - 6} textAnchor="middle">
                {formatTick(new Date(at), range.to - range.from)}
              </text>
            </g>
          ))}
          {lanes.map((name, i) => (
            <g key={name}>
              <text x={0} y={y(i) + 4} className={css["lane"]}>
                {name}
              </text>
              <path d={`M${String(left)} ${String((i + 1) * ROW)}H${String(width - RIGHT)}`} stroke="var(--grid)" />
            </g>
          ))}
          {bars(line.unheard, 0, "url(#hatch)")}
          {bars(line.listening, 0, "var(--ok-fill)")}
          {bars(line.heard, 1, "var(--series-1)")}
          {line.disconnects.map((d, i) => (
            <g key={i} transform={`translate(${String(x(d.at))} ${String(y(2))})`}>
              <title>{`${formatCount(d.frames)} frames, ${formatUTC(new Date(d.at))}`}</title>
              {d.attack ? <path d="M0-6 6 5H-6z" fill="var(--high-fill)" /> : <circle r="3" fill="var(--info-fill)" />}
            </g>
          ))}
          {line.handshakes.map((at, i) => (
            <circle key={i} cx={x(at)} cy={y(3)} r={3.5} fill="var(--series-4)">
              <title>{formatUTC(new Date(at))}</title>
            </circle>
          ))}
          {line.disconnects.length === 0 && (
            <text x={left + 8} y={y(2) + 4}>
              none seen
            </text>
          )}
          {line.handshakes.length === 0 && (
            <text x={left + 8} y={y(3) + 4}>
              none seen
            </text>
          )}
        </svg>
      </div>
    </div>
  );
}
