import type { Tap } from "../../api/types";
import { DemoBadge, TapBadge } from "../../components/Badge";
import { TapLink } from "../../components/links";
import { Stranger, textStyle, When } from "../../components/text";
import type { Field } from "../../filter/match";
import { formatBytes, formatCount, formatPercent, formatRate, plural } from "../../format/number";
import type { Column } from "../../table/column";
import { RadiosCell } from "./RadiosCell";
import { radiosRank } from "./radios";

const order: Record<Tap["state"], number> = { silent: 0, degraded: 1, never: 2, online: 3 };
const unknown = <span className={textStyle.dim}>unknown</span>;

/** What it captures: running of all. */
export function Captures({ tap }: { tap: Tap }) {
  if (tap.captures.length === 0) return <span className={textStyle.dim}>none known</span>;
  const failed = tap.captures.filter((c) => c.error !== "").length;
  const names = tap.captures.map((c) => c.name).join(", ");
  return (
    <span title={names} style={{ overflow: "hidden", textOverflow: "ellipsis" }}>
      {failed > 0 && <b className={textStyle.strong}>{plural(failed, "fails", "fail")}: </b>}
      {names}
    </span>
  );
}

export const tapColumns: Column<Tap>[] = [
  {
    id: "name",
    header: "Tap",
    width: "minmax(150px,1fr)",
    sort: (t) => t.name,
    cell: (t) => (
      <>
        <TapLink id={t.id}>
          <Stranger text={t.name} max={64} />
        </TapLink>
        {t.demonstration && <DemoBadge short />}
      </>
    ),
  },
  {
    id: "site",
    header: "Site",
    width: "minmax(110px,0.8fr)",
    from: 620,
    sort: (t) => t.site.name,
    cell: (t) => <Stranger text={t.site.name} max={64} />,
  },
  { id: "state", header: "State", width: "136px", sort: (t) => order[t.state], cell: (t) => <TapBadge state={t.state} /> },
  {
    id: "radios",
    header: "Radios",
    width: "104px",
    from: 720,
    sort: (t) => radiosRank(t.radios),
    cell: (t) => <RadiosCell radios={t.radios} />,
  },
  { id: "captures", header: "Captures", width: "minmax(140px,1fr)", from: 1190, cell: (t) => <Captures tap={t} /> },
  {
    id: "frames",
    header: "Frames/s",
    width: "84px",
    right: true,
    sort: (t) => t.framesPerSecond,
    cell: (t) => (t.framesPerSecond === null || t.state === "silent" ? unknown : formatRate(t.framesPerSecond)),
  },
  {
    id: "drops",
    header: "Lost",
    width: "80px",
    right: true,
    from: 800,
    sort: (t) => t.kernelDrops,
    cell: (t) => formatCount(t.kernelDrops),
  },
  {
    id: "cpu",
    header: "CPU",
    width: "80px",
    right: true,
    from: 880,
    sort: (t) => t.cpuPercent,
    cell: (t) => (t.cpuPercent === null ? unknown : formatPercent(t.cpuPercent)),
  },
  {
    id: "memory",
    header: "Memory",
    width: "84px",
    right: true,
    from: 964,
    sort: (t) => t.memoryBytes,
    cell: (t) => (t.memoryBytes === null ? unknown : formatBytes(t.memoryBytes)),
  },
  {
    id: "temperature",
    header: "Hottest",
    width: "86px",
    right: true,
    from: 1276,
    sort: (t) => t.temperatureC,
    cell: (t) => (t.temperatureC === null ? <span className={textStyle.dim}>no sensor</span> : `${String(Math.round(t.temperatureC))} °C`),
  },
  {
    id: "waiting",
    header: "Waiting",
    width: "84px",
    right: true,
    from: 1048,
    sort: (t) => t.spoolReports,
    cell: (t) => (t.spoolReports === null ? unknown : formatCount(t.spoolReports)),
  },
  {
    id: "version",
    header: "Version",
    width: "88px",
    from: 1364,
    sort: (t) => t.version,
    cell: (t) => <span className={textStyle.soft}>{t.version}</span>,
  },
  {
    id: "last",
    header: "Last report",
    width: "106px",
    sort: (t) => t.lastReportAt?.getTime() ?? null,
    cell: (t) =>
      t.lastReportAt === null ? (
        <span className={textStyle.dim}>never</span>
      ) : (
        <span className={textStyle.soft}>
          <When at={t.lastReportAt} form="last" />
        </span>
      ),
  },
];

export const tapFields: Field<Tap>[] = [
  { id: "name", hint: "of the tap", kind: "text", of: (t) => [t.name] },
  { id: "state", hint: "online, degraded, silent, never", kind: "choice", of: (t) => [t.state] },
  { id: "site", hint: "where it stands", kind: "choice", of: (t) => [t.site.name] },
  { id: "version", hint: "of its software", kind: "choice", of: (t) => [t.version] },
  { id: "arch", hint: "amd64, arm64, …", kind: "choice", of: (t) => [t.arch] },
  { id: "radio", hint: "listening, failed, gone, unused, unknown, none", kind: "choice", of: (t) => [t.radios.worst] },
  { id: "capture", hint: "interface or file", kind: "choice", of: (t) => t.captures.map((c) => c.name) },
  { id: "lost", hint: "frames lost in the kernel", kind: "number", unit: "", of: (t) => t.kernelDrops },
  { id: "cpu", hint: "percent", kind: "number", unit: "%", of: (t) => t.cpuPercent },
  { id: "enrolled", hint: "enrolled within", kind: "age", of: (t) => t.enrolledAt },
];
