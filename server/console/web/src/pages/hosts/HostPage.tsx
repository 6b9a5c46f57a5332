import { IconNetwork } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { hostQuery } from "../../api/hosts";
import type { HostDetail } from "../../api/types";
import { DemoBadge } from "../../components/Badge";
import { Copy } from "../../components/Copy";
import { EntityHeader } from "../../components/EntityHeader";
import { Panel } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneBlock, Loaded } from "../../components/state";
import { MAC, Stranger, textStyle, When } from "../../components/text";
import { formatMAC, orderIPs } from "../../format/address";
import { formatBytes, formatCount } from "../../format/number";
import { visibleText } from "../../format/text";
import { formatDuration } from "../../format/time";
import { useScope } from "../../url/useView";

const route = getRouteApi("/$tenant/host/$mac");

/** Everything about a host. */
export function HostPage() {
  const { mac } = route.useParams();
  const query = useQuery(hostQuery(useScope(), mac));
  return (
    <Loaded
      query={query}
      bones={
        <>
          <BoneBlock height={120} />
          <BoneBlock height={260} />
        </>
      }
      works="It may not have been heard in this time range: choose a longer one. The other pages still work."
    >
      {(host) => (
        <>
          <Header host={host} />
          <Flows host={host} />
          <Questions host={host} />
        </>
      )}
    </Loaded>
  );
}

function Header({ host }: { host: HostDetail }) {
  const name = host.names[0];
  const lease = host.dhcp?.leaseSeconds;
  return (
    <EntityHeader
      tone="accent"
      icon={<IconNetwork size={20} stroke={1.75} />}
      title={name === undefined ? formatMAC(host.mac) : visibleText(name, 64)}
      name={name === undefined ? <MAC mac={host.mac} /> : <Stranger text={name} max={64} />}
      badges={
        <>
          {name !== undefined && <MAC mac={host.mac} />}
          <Copy text={host.mac} what="address" />
          {host.demonstration && <DemoBadge />}
          <span className={`${textStyle.dim} ${textStyle.small}`}>
            heard <When at={host.lastHeardAt} form="ago" />
          </span>
        </>
      }
      sentence={
        host.ips.length === 0 ? (
          "No IP address of it was heard."
        ) : (
          <>
            Speaks as <span className={textStyle.mono}>{orderIPs(host.ips).join(", ")}</span>.
          </>
        )
      }
      facts={[
        { label: "Vendor", value: host.vendor ?? (host.privateAddress ? "none, private address" : "unknown") },
        { label: "VLAN", value: host.vlan ?? "untagged" },
        {
          label: "DHCP",
          value:
            host.dhcp === null
              ? "no lease heard"
              : `${host.dhcp.server ?? "server unknown"}${lease == null ? "" : `, ${formatDuration(lease)}`}`,
        },
        { label: "Calls itself", value: host.dhcp?.vendorClass == null ? "nothing" : <Stranger text={host.dhcp.vendorClass} max={64} /> },
        { label: "Sent", value: `${formatCount(host.framesSent)} frames, ${formatBytes(host.bytesSent)}` },
        { label: "Received", value: `${formatCount(host.framesReceived)} frames, ${formatBytes(host.bytesReceived)}` },
        { label: "First heard", value: <When at={host.firstHeardAt} /> },
        { label: "Heard by", value: host.taps.map((t) => t.name).join(", ") || "no tap now" },
      ]}
    />
  );
}

function Flows({ host }: { host: HostDetail }) {
  return (
    <Panel title="Conversations" note="most octets first">
      <SimpleTable
        label="Conversations"
        dense
        rows={host.flows}
        rowKey={(f, i) => `${f.protocol} ${f.peer} ${String(f.peerPort)} ${String(i)}`}
        none="No TCP or UDP conversation was heard in this time range."
        columns={[
          { header: "Protocol", cell: (f) => f.protocol },
          { header: "Peer", cell: (f) => <span className={textStyle.mono}>{f.peer}</span> },
          { header: "Port", right: true, cell: (f) => f.peerPort ?? f.localPort ?? "–" },
          { header: "Direction", cell: (f) => f.direction },
          { header: "Sent", right: true, cell: (f) => formatBytes(f.bytesSent) },
          { header: "Received", right: true, cell: (f) => formatBytes(f.bytesReceived) },
          { header: "Packets", right: true, cell: (f) => formatCount(f.packets) },
        ]}
      />
    </Panel>
  );
}

function Questions({ host }: { host: HostDetail }) {
  return (
    <Panel title="DNS questions" note="and how they were answered">
      <SimpleTable
        label="DNS questions"
        dense
        rows={host.dns}
        rowKey={(q, i) => `${q.name} ${q.type} ${String(i)}`}
        none="It asked no DNS question in this time range."
        columns={[
          { header: "Name", cell: (q) => <Stranger text={q.name} max={80} /> },
          { header: "Type", cell: (q) => q.type },
          { header: "Questions", right: true, cell: (q) => formatCount(q.questions) },
          { header: "Answered", right: true, cell: (q) => formatCount(q.answers.noError) },
          { header: "No such name", right: true, cell: (q) => formatCount(q.answers.nxDomain) },
          { header: "Server failed", right: true, cell: (q) => formatCount(q.answers.servFail) },
          { header: "Refused, other", right: true, cell: (q) => formatCount(q.answers.refused + q.answers.other) },
        ]}
      />
    </Panel>
  );
}
