import type { Client } from "../../api/types";
import { SignalBar } from "../../charts/SignalBar";
import { DemoBadge } from "../../components/Badge";
import { BSSLink, ClientLink } from "../../components/links";
import { MAC, SSID, Stranger, textStyle, When } from "../../components/text";
import type { Field } from "../../filter/match";
import { formatBytes, formatCount } from "../../format/number";
import type { Column } from "../../table/column";
import { Maker } from "./ClientTable";

/** Where a client is, or what it looks for. */
export function Whereabouts({ client }: { client: Client }) {
  if (client.bssid !== null)
    return (
      <BSSLink id={client.bssid} title={client.bssid}>
        <SSID ssid={client.ssid} />
      </BSSLink>
    );
  const asked = client.probes[0];
  if (asked === undefined) return <span className={textStyle.dim}>no network</span>;
  return (
    <span className={textStyle.dim}>
      looks for <Stranger text={asked} />
      {client.probes.length > 1 && ` and ${String(client.probes.length - 1)} more`}
    </span>
  );
}

const dim = (text: string) => <span className={`${textStyle.soft} ${textStyle.num}`}>{text}</span>;

export const clientColumns: Column<Client>[] = [
  {
    id: "mac",
    header: "Client",
    width: "minmax(224px,1fr)",
    sort: (c) => c.mac,
    cell: (c) => (
      <>
        <ClientLink id={c.mac}>
          <MAC mac={c.mac} />
        </ClientLink>
        {c.demonstration && <DemoBadge short />}
      </>
    ),
  },
  { id: "vendor", header: "Vendor", width: "minmax(130px,1fr)", from: 640, sort: (c) => c.vendor, cell: (c) => <Maker client={c} /> },
  { id: "network", header: "Network", width: "minmax(150px,1.2fr)", sort: (c) => c.ssid, cell: (c) => <Whereabouts client={c} /> },
  {
    id: "channel",
    header: "Band, channel",
    width: "110px",
    from: 980,
    sort: (c) => c.channel,
    cell: (c) =>
      dim(c.band === "unknown" ? "unknown" : `${c.band.replace(" GHz", "")}${c.channel === null ? "" : `, ${String(c.channel)}`}`),
  },
  { id: "signal", header: "Signal, dBm", width: "98px", sort: (c) => c.signalDBm, cell: (c) => <SignalBar dBm={c.signalDBm} /> },
  {
    id: "sent",
    header: "Frames out",
    width: "92px",
    right: true,
    from: 860,
    sort: (c) => c.framesSent,
    cell: (c) => formatCount(c.framesSent),
  },
  {
    id: "received",
    header: "Frames in",
    width: "92px",
    right: true,
    from: 860,
    sort: (c) => c.framesReceived,
    cell: (c) => formatCount(c.framesReceived),
  },
  {
    id: "bytes",
    header: "Octets",
    width: "84px",
    right: true,
    from: 700,
    sort: (c) => c.bytesSent + c.bytesReceived,
    cell: (c) => formatBytes(c.bytesSent + c.bytesReceived),
  },
  {
    id: "first",
    header: "First heard",
    width: "106px",
    from: 900,
    sort: (c) => c.firstHeardAt.getTime(),
    cell: (c) => (
      <span className={textStyle.soft}>
        <When at={c.firstHeardAt} />
      </span>
    ),
  },
  {
    id: "last",
    header: "Last",
    width: "104px",
    sort: (c) => c.lastHeardAt.getTime(),
    cell: (c) => (
      <span className={textStyle.soft}>
        <When at={c.lastHeardAt} form="last" />
      </span>
    ),
  },
];

export const clientFields: Field<Client>[] = [
  { id: "mac", hint: "address", kind: "text", of: (c) => [c.mac] },
  { id: "ssid", hint: "network it is in", kind: "choice", of: (c) => [c.ssid ?? "none"] },
  { id: "bssid", hint: "access point it is at", kind: "text", of: (c) => (c.bssid === null ? [] : [c.bssid]) },
  { id: "probes", hint: "names it asks for", kind: "choice", of: (c) => c.probes },
  { id: "vendor", hint: "maker, or private", kind: "choice", of: (c) => [c.randomised ? "private" : (c.vendor ?? "unknown")] },
  { id: "band", hint: "2.4, 5 or 6 GHz", kind: "choice", of: (c) => [c.band] },
  { id: "signal", hint: "dBm, of the tap that hears best", kind: "number", unit: "dBm", of: (c) => c.signalDBm },
  { id: "frames", hint: "sent and received", kind: "number", unit: "", of: (c) => c.framesSent + c.framesReceived },
  { id: "site", hint: "where it is heard", kind: "choice", of: (c) => c.sites },
  { id: "tap", hint: "who hears it", kind: "choice", of: (c) => c.taps.map((t) => t.name) },
  { id: "seen", hint: "last heard within", kind: "age", of: (c) => c.lastHeardAt },
  { id: "first", hint: "first heard within", kind: "age", of: (c) => c.firstHeardAt },
];
