import type { BSS } from "../../api/types";
import { SignalBar } from "../../charts/SignalBar";
import { Sparkline } from "../../charts/Sparkline";
import { STRONGEST, WEAKEST } from "../../charts/viridis";
import { DemoBadge } from "../../components/Badge";
import { BSSLink } from "../../components/links";
import { Security } from "../../components/Security";
import { MAC, SSID, textStyle, When } from "../../components/text";
import { formatCount } from "../../format/number";
import { formatChannel } from "../../format/radio";
import type { Column } from "../../table/column";
import type { NetworkRow } from "./model";

const of =
  <V,>(group: (row: Extract<NetworkRow, { kind: "group" }>) => V, bss: (row: Extract<NetworkRow, { kind: "bss" }>["bss"]) => V) =>
  (row: NetworkRow): V =>
    row.kind === "group" ? group(row) : bss(row.bss);

function Name({ row }: { row: NetworkRow }) {
  if (row.kind === "group") {
    const { only } = row;
    return (
      <>
        {only ? (
          <BSSLink id={only.bssid}>
            <SSID ssid={row.ssid} />
          </BSSLink>
        ) : (
          <span className={textStyle.strong} style={{ overflow: "hidden", textOverflow: "ellipsis" }}>
            <SSID ssid={row.ssid} />
          </span>
        )}
        <span className={`${textStyle.dim} ${textStyle.small} ${textStyle.num}`}>{row.members.length}</span>
        {row.demonstration && <DemoBadge short />}
      </>
    );
  }
  const { bss } = row;
  return (
    <>
      <BSSLink id={bss.bssid}>
        <MAC mac={bss.bssid} />
      </BSSLink>
      <span className={`${textStyle.dim} ${textStyle.small}`} style={{ overflow: "hidden", textOverflow: "ellipsis" }}>
        {bss.vendor ?? (bss.privateAddress ? "private address" : "")}
      </span>
    </>
  );
}

function Channel({ bss }: { bss: BSS }) {
  return (
    <span className={`${textStyle.soft} ${textStyle.num}`}>
      {bss.channel === null ? "unknown" : formatChannel(bss.channel, bss.band, bss.widthMHz)}
    </span>
  );
}

/** The columns of networks. frames is the scale that all sparklines of frames share; range names the time they cover. */
export function networkColumns(frames: number, range: string): Column<NetworkRow>[] {
  return [
    {
      id: "name",
      header: "Network",
      width: "minmax(220px,1fr)",
      sort: of(
        (g) => g.ssid ?? "\uffff",
        (b) => b.bssid,
      ),
      cell: (row) => <Name row={row} />,
    },
    {
      id: "security",
      header: "Security",
      width: "168px",
      sort: of(
        (g) => g.security,
        (b) => b.security,
      ),
      cell: of(
        (g) => <Security text={g.security} level={g.securityLevel} />,
        (b) => <Security text={b.security} level={b.securityLevel} pmf={b.pmf} />,
      ),
    },
    {
      id: "channel",
      header: "Band, channel",
      width: "156px",
      from: 700,
      sort: of<number | string | null>(
        (g) => g.bands,
        (b) => b.frequencyMHz,
      ),
      cell: of(
        (g) => (g.only ? <Channel bss={g.only} /> : <span className={`${textStyle.soft} ${textStyle.num}`}>{g.bands}</span>),
        (b) => <Channel bss={b} />,
      ),
    },
    {
      id: "signal",
      header: "Signal, dBm",
      width: "98px",
      sort: of(
        (g) => g.signalDBm,
        (b) => b.signalDBm,
      ),
      cell: of(
        (g) => <SignalBar dBm={g.signalDBm} />,
        (b) => <SignalBar dBm={b.signalDBm} />,
      ),
    },
    {
      id: "signalline",
      header: `Signal, ${range}`,
      width: "112px",
      from: 960,
      cell: (row) => (
        <Sparkline
          values={row.kind === "group" ? row.signal : row.bss.spark.signal}
          low={WEAKEST}
          high={STRONGEST}
          colour="--series-1"
          label="Signal over the time range"
        />
      ),
    },
    {
      id: "framesline",
      header: `Frames, ${range}`,
      width: "112px",
      from: 1080,
      cell: (row) => (
        <Sparkline
          values={row.kind === "group" ? row.frames : row.bss.spark.frames}
          low={0}
          high={frames}
          colour="--series-3"
          area
          label="Frames over the time range"
        />
      ),
    },
    {
      id: "clients",
      header: "Clients",
      width: "70px",
      right: true,
      from: 620,
      sort: of(
        (g) => g.clients,
        (b) => b.clients,
      ),
      cell: of(
        (g) => formatCount(g.clients),
        (b) => formatCount(b.clients),
      ),
    },
    {
      id: "first",
      header: "First heard",
      width: "106px",
      from: 820,
      sort: of(
        (g) => g.firstHeardAt.getTime(),
        (b) => b.firstHeardAt.getTime(),
      ),
      cell: (row) => (
        <span className={textStyle.soft}>
          <When at={row.kind === "group" ? row.firstHeardAt : row.bss.firstHeardAt} />
        </span>
      ),
    },
    {
      id: "last",
      header: "Last",
      width: "104px",
      from: 560,
      sort: of(
        (g) => g.lastHeardAt.getTime(),
        (b) => b.lastHeardAt.getTime(),
      ),
      cell: (row) => (
        <span className={textStyle.soft}>
          <When at={row.kind === "group" ? row.lastHeardAt : row.bss.lastHeardAt} form="last" />
        </span>
      ),
    },
  ];
}
