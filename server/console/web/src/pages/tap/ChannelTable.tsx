import type { ChannelListens, TapChannel, TapCoverage } from "../../api/types";
import { Badge } from "../../components/Badge";
import { SimpleTable, type SimpleColumn } from "../../components/SimpleTable";
import { textStyle, When } from "../../components/text";
import { formatCount, formatPercent } from "../../format/number";
import { formatDBm, formatMHz } from "../../format/radio";
import { visibleText } from "../../format/text";
import { formatDuration } from "../../format/time";
import { formatShare } from "./channelPlan";
import css from "./tap.module.css";

interface Row {
  channel: ChannelListens;
  air: TapChannel | undefined;
}

/** The figures of the channel plan, a row a channel. */
export function ChannelTable({ coverage, air }: { coverage: TapCoverage; air: readonly TapChannel[] }) {
  const rows = coverage.channels.map((channel): Row => ({ channel, air: air.find((a) => a.frequencyMHz === channel.frequencyMHz) }));
  return (
    <div className={css["scroll"]} tabIndex={0} role="region" aria-label="Channels as a table">
      <SimpleTable
        label="Channels"
        dense
        rows={rows}
        rowKey={(r) => String(r.channel.frequencyMHz)}
        none="No radio of this tap reported in this time range."
        columns={[...columns, ...coverage.listeners.map((l, i) => byOne(visibleText(l.adapter ?? l.capture, 14), i)), ...airColumns]}
      />
    </div>
  );
}

const columns: SimpleColumn<Row>[] = [
  { header: "Band", cell: ({ channel: c }) => c.band },
  { header: "Channel", right: true, cell: ({ channel: c }) => c.channel ?? "–" },
  { header: "State", cell: ({ channel: c }) => <State channel={c} /> },
  { header: "Listened", right: true, cell: ({ channel: c }) => (c.listenedSeconds === 0 ? "not" : formatDuration(c.listenedSeconds)) },
  { header: "Last", right: true, cell: ({ channel: c }) => (c.lastListenedAt === null ? "never" : <When at={c.lastListenedAt} form="last" />) },
];

function byOne(name: string, i: number): SimpleColumn<Row> {
  return {
    header: name,
    right: true,
    cell: ({ channel: c }) => {
      const one = c.by[i];
      if (one === undefined || !one.allowed) return <span className={textStyle.dim}>may not</span>;
      return one.sharePercent === null ? "unknown" : formatShare(one.sharePercent);
    },
  };
}

const unknown = <span className={textStyle.dim}>unknown</span>;

const airColumns: SimpleColumn<Row>[] = [
  { header: "Lost", right: true, cell: ({ channel: c }) => (c.state === "blind" ? unknown : formatCount(c.drops)) },
  { header: "Frames", right: true, cell: ({ channel: c }) => (c.state === "blind" ? unknown : formatCount(c.frames)) },
  {
    header: "Busy",
    right: true,
    cell: ({ channel: c, air }) => (c.state !== "heard" || air?.airtimePercent == null ? unknown : formatPercent(air.airtimePercent)),
  },
  { header: "Signal", right: true, cell: ({ air }) => (air?.signalMeanDBm == null ? unknown : formatDBm(air.signalMeanDBm)) },
  {
    header: "Noise",
    right: true,
    cell: ({ air }) => (air?.noiseDBm == null ? <span className={textStyle.dim}>not reported</span> : formatDBm(air.noiseDBm)),
  },
  { header: "Frequency", right: true, cell: ({ channel: c }) => formatMHz(c.frequencyMHz) },
];

function State({ channel }: { channel: ChannelListens }) {
  switch (channel.state) {
    case "heard":
      return (
        <Badge tone="ok" mark="ok">
          Heard
        </Badge>
      );
    case "little":
      return (
        <Badge tone="none" mark="pending">
          Too little
        </Badge>
      );
    case "blind":
      return (
        <Badge tone="none" mark="none">
          Blind
        </Badge>
      );
  }
}
