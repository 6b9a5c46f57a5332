import { useQuery } from "@tanstack/react-query";
import { tapChannelsQuery } from "../../api/taps";
import type { TapChannel } from "../../api/types";
import { Panel } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneBlock, Loaded } from "../../components/state";
import { formatBytes, formatCount, formatPercent } from "../../format/number";
import { formatDBm, formatMHz } from "../../format/radio";
import { formatDuration } from "../../format/time";
import { useScope, useView } from "../../url/useView";
import { channelPlan } from "./channelPlan";
import css from "./tap.module.css";

const PITCH = 12;
const LANE = 36;
const LEFT = 88;

/** Where the tap listens, and how busy the air is there. */
export function ChannelPanel({ id }: { id: string }) {
  const query = useQuery(tapChannelsQuery(useScope(), id));
  const asTable = useView().as === "table";
  return (
    <Panel title="Channels" note="where it listens, and what the air does">
      <Loaded query={query} bones={<BoneBlock height={120} />}>
        {(list) =>
          list.items.length === 0 ? (
            <p className={css["note"]} style={{ paddingTop: 12 }}>
              No radio of this tap reported in this time range.
            </p>
          ) : asTable ? (
            <ChannelTable rows={list.items} />
          ) : (
            <Plan channels={list.items} />
          )
        }
      </Loaded>
    </Panel>
  );
}

function Plan({ channels }: { channels: readonly TapChannel[] }) {
  const bands = channelPlan(channels);
  if (bands.length === 0) return <ChannelTable rows={channels} />;
  const starts = bands.map((_, i) => LEFT + bands.slice(0, i).reduce((sum, b) => sum + b.bars.length * PITCH + 16, 0));
  const width = (starts.at(-1) ?? 0) + (bands.at(-1)?.bars.length ?? 0) * PITCH + 4;
  const lanes = ["Listened", "Air is busy"];
  return (
    <>
      <div className={css["plan"]} tabIndex={0} role="region" aria-label="Channel plan">
        <svg
          width={width}
          height={18 + 2 * (LANE + 8) + 14}
          role="img"
          aria-label="Share of time listened and share of it that frames filled, a channel each; the table has the figures"
        >
          {lanes.map((lane, i) => (
            <text key={lane} x={0} y={18 + i * (LANE + 8) + 22} className={css["k"]}>
              {lane}
            </text>
          ))}
          {bands.map((b, n) => (
            <g key={b.band} transform={`translate(${String(starts[n] ?? 0)} 0)`}>
              <text x={0} y={11}>
                {b.band}
              </text>
              {b.bars.map((bar, i) => (
                <g key={bar.channel} transform={`translate(${String(i * PITCH)} 18)`}>
                  <title>{bar.title}</title>
                  {[bar.listenedShare, bar.busyPercent === null ? null : bar.busyPercent / 100].map((share, lane) => (
                    <g key={lane} transform={`translate(0 ${String(lane * (LANE + 8))})`}>
                      <rect width={PITCH - 2} height={LANE} fill={share === null ? "url(#hatch)" : "var(--surface-2)"} />
                      {share !== null && (
                        <rect
                          y={LANE - Math.max(2, share * LANE)}
                          width={PITCH - 2}
                          height={Math.max(2, share * LANE)}
                          rx={0.5}
                          fill={lane === 0 ? "var(--series-1)" : "var(--series-4)"}
                        />
                      )}
                    </g>
                  ))}
                  {i % 4 === 0 && (
                    <text x={PITCH / 2 - 1} y={2 * (LANE + 8) + 8} textAnchor="middle">
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
        Bars: time listened, against the longest; share of that time that frames filled. Hatched: too little heard to judge.
      </p>
    </>
  );
}

function ChannelTable({ rows }: { rows: readonly TapChannel[] }) {
  return (
    <div className={css["scroll"]} tabIndex={0} role="region" aria-label="Channels as a table">
      <SimpleTable
        label="Channels"
        dense
        rows={rows}
        rowKey={(c, i) => `${String(c.frequencyMHz)} ${String(i)}`}
        none="No radio of this tap reported in this time range."
        columns={[
          { header: "Band", cell: (c) => c.band },
          { header: "Channel", right: true, cell: (c) => c.channel ?? "–" },
          { header: "Frequency", right: true, cell: (c) => (c.frequencyMHz === 0 ? "not said" : formatMHz(c.frequencyMHz)) },
          { header: "Listened", right: true, cell: (c) => formatDuration(c.listenedSeconds) },
          { header: "Busy", right: true, cell: (c) => (c.airtimePercent === null ? "unknown" : formatPercent(c.airtimePercent)) },
          { header: "Frames", right: true, cell: (c) => formatCount(c.frames) },
          { header: "Octets", right: true, cell: (c) => formatBytes(c.bytes) },
          { header: "Signal", right: true, cell: (c) => (c.signalMeanDBm === null ? "unknown" : formatDBm(c.signalMeanDBm)) },
          { header: "Noise", right: true, cell: (c) => (c.noiseDBm === null ? "not reported" : formatDBm(c.noiseDBm)) },
        ]}
      />
    </div>
  );
}
