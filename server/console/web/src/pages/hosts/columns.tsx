import type { Host } from "../../api/types";
import { DemoBadge } from "../../components/Badge";
import { HostLink } from "../../components/links";
import { MAC, Stranger, textStyle, When } from "../../components/text";
import type { Field } from "../../filter/match";
import { formatMAC, orderIPs } from "../../format/address";
import { formatBytes, formatCount } from "../../format/number";
import type { Column } from "../../table/column";

/** A host by what people call it: its name, else its address. */
export function HostName({ host }: { host: Host }) {
  const name = host.names[0];
  return <HostLink id={host.mac}>{name === undefined ? <MAC mac={host.mac} /> : <Stranger text={name} max={64} />}</HostLink>;
}

const vendor = (h: Host): string => h.vendor ?? (h.privateAddress ? "private address" : "unknown");
const more = (list: readonly string[]) => list.length > 1 && <span className={textStyle.dim}> +{list.length - 1}</span>;

/** IPv4 addresses sort by number. */
function addressKey(ip: string | undefined): string | null {
  if (ip === undefined) return null;
  return ip.includes(":")
    ? `6${ip}`
    : `4${ip
        .split(".")
        .map((p) => p.padStart(3, "0"))
        .join(".")}`;
}

function Addresses({ ips }: { ips: readonly string[] }) {
  if (ips[0] === undefined) return <span className={textStyle.dim}>none heard</span>;
  return (
    <span className={textStyle.mono} title={ips.join(", ")}>
      {ips[0]}
      {more(ips)}
    </span>
  );
}

export const hostColumns: Column<Host>[] = [
  {
    id: "name",
    header: "Host",
    width: "minmax(224px,1.2fr)",
    sort: (h) => h.names[0] ?? formatMAC(h.mac),
    cell: (h) => (
      <>
        <HostName host={h} />
        {more(h.names)}
        {h.demonstration && <DemoBadge short />}
      </>
    ),
  },
  {
    id: "ip",
    header: "IP addresses",
    width: "minmax(150px,1fr)",
    sort: (h) => addressKey(orderIPs(h.ips)[0]),
    cell: (h) => <Addresses ips={orderIPs(h.ips)} />,
  },
  {
    id: "mac",
    header: "MAC",
    width: "148px",
    from: 760,
    sort: (h) => h.mac,
    cell: (h) => (
      <span className={textStyle.soft}>
        <MAC mac={h.mac} />
      </span>
    ),
  },
  {
    id: "vendor",
    header: "Vendor",
    width: "minmax(130px,1fr)",
    from: 900,
    sort: (h) => h.vendor,
    cell: (h) => <span className={h.vendor === null ? textStyle.dim : ""}>{vendor(h)}</span>,
  },
  {
    id: "vlan",
    header: "VLAN",
    width: "64px",
    right: true,
    from: 680,
    sort: (h) => h.vlan,
    cell: (h) => (h.vlan === null ? <span className={textStyle.dim}>none</span> : h.vlan),
  },
  {
    id: "dhcp",
    header: "DHCP",
    width: "120px",
    from: 1280,
    sort: (h) => h.dhcp?.server ?? null,
    cell: (h) => (
      <span className={`${textStyle.soft} ${textStyle.mono}`}>{h.dhcp === null ? "none heard" : (h.dhcp.server ?? "server unknown")}</span>
    ),
  },
  { id: "sent", header: "Sent", width: "84px", right: true, sort: (h) => h.bytesSent, cell: (h) => formatBytes(h.bytesSent) },
  {
    id: "received",
    header: "Received",
    width: "84px",
    right: true,
    sort: (h) => h.bytesReceived,
    cell: (h) => formatBytes(h.bytesReceived),
  },
  {
    id: "frames",
    header: "Frames",
    width: "96px",
    right: true,
    from: 1000,
    sort: (h) => h.framesSent + h.framesReceived,
    cell: (h) => formatCount(h.framesSent + h.framesReceived),
  },
  {
    id: "first",
    header: "First heard",
    width: "106px",
    from: 900,
    sort: (h) => h.firstHeardAt.getTime(),
    cell: (h) => (
      <span className={textStyle.soft}>
        <When at={h.firstHeardAt} />
      </span>
    ),
  },
  {
    id: "last",
    header: "Last",
    width: "104px",
    sort: (h) => h.lastHeardAt.getTime(),
    cell: (h) => (
      <span className={textStyle.soft}>
        <When at={h.lastHeardAt} form="last" />
      </span>
    ),
  },
];

export const hostFields: Field<Host>[] = [
  { id: "name", hint: "as it names itself", kind: "text", of: (h) => h.names },
  { id: "ip", hint: "IP address", kind: "text", of: (h) => h.ips },
  { id: "mac", hint: "address", kind: "text", of: (h) => [h.mac] },
  { id: "vendor", hint: "maker, or private", kind: "choice", of: (h) => [h.vendor ?? (h.privateAddress ? "private" : "unknown")] },
  { id: "vlan", hint: "number", kind: "number", unit: "", of: (h) => h.vlan },
  { id: "dhcp", hint: "server of its lease", kind: "choice", of: (h) => (h.dhcp?.server == null ? ["none"] : [h.dhcp.server]) },
  { id: "sent", hint: "octets", kind: "number", unit: "B", of: (h) => h.bytesSent },
  { id: "site", hint: "where it is heard", kind: "choice", of: (h) => h.sites },
  { id: "tap", hint: "who hears it", kind: "choice", of: (h) => h.taps.map((t) => t.name) },
  { id: "seen", hint: "last heard within", kind: "age", of: (h) => h.lastHeardAt },
  { id: "first", hint: "first heard within", kind: "age", of: (h) => h.firstHeardAt },
];
