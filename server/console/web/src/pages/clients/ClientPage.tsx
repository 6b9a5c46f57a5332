import { IconDevices } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { clientQuery } from "../../api/clients";
import type { ClientDetail } from "../../api/types";
import { Badge, DemoBadge } from "../../components/Badge";
import { Copy } from "../../components/Copy";
import { EntityHeader } from "../../components/EntityHeader";
import { BSSLink } from "../../components/links";
import { Panel } from "../../components/Panel";
import { SimpleTable } from "../../components/SimpleTable";
import { BoneBlock, Loaded } from "../../components/state";
import { MAC, SSID, Stranger, textStyle, When } from "../../components/text";
import { formatMAC } from "../../format/address";
import { formatBytes, formatCount } from "../../format/number";
import { formatDBm } from "../../format/radio";
import { useNow } from "../../live/live";
import { useScope } from "../../url/useView";
import { DisconnectTable } from "../bss/DisconnectTable";

const route = getRouteApi("/$tenant/client/$mac");

/** Everything about a client. */
export function ClientPage() {
  const { mac } = route.useParams();
  const query = useQuery(clientQuery(useScope(), mac));
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
      {(client) => <ClientContent client={client} />}
    </Loaded>
  );
}

function ClientContent({ client }: { client: ClientDetail }) {
  return (
    <>
      <Header client={client} />
      <Panel title="Networks it was in" note="in the time range, last heard first">
        <SimpleTable
          label="Networks it was in"
          rows={client.associations}
          rowKey={(a) => a.bssid}
          none="It was in no network in this time range."
          columns={[
            {
              header: "Network",
              cell: (a) => (
                <BSSLink id={a.bssid}>
                  <SSID ssid={a.ssid} />
                </BSSLink>
              ),
            },
            { header: "BSS", cell: (a) => <MAC mac={a.bssid} /> },
            { header: "First heard", cell: (a) => <When at={a.firstHeardAt} /> },
            { header: "Last", cell: (a) => <When at={a.lastHeardAt} form="last" /> },
            { header: "Frames", right: true, cell: (a) => formatCount(a.frames) },
          ]}
        />
      </Panel>
      <Panel title="Names it asked for" note="what its owner's networks elsewhere are called">
        <SimpleTable
          label="Names it asked for"
          rows={client.probes}
          rowKey={(p) => p.ssid}
          none="It asked for no network by name."
          columns={[
            { header: "Name", cell: (p) => <Stranger text={p.ssid} /> },
            { header: "Requests", right: true, cell: (p) => formatCount(p.requests) },
            { header: "Last asked", cell: (p) => <When at={p.lastHeardAt} form="last" /> },
          ]}
        />
      </Panel>
      <Panel title="Disconnects" note="sent by it or to it, newest first">
        <DisconnectTable rows={client.disconnects} />
      </Panel>
    </>
  );
}

function Header({ client }: { client: ClientDetail }) {
  const now = useNow();
  const present = now.getTime() - client.lastHeardAt.getTime() < 300_000;
  const traffic = (frames: number, bytes: number): string => `${formatCount(frames)} frames, ${formatBytes(bytes)}`;
  return (
    <EntityHeader
      tone={present ? "accent" : "none"}
      icon={<IconDevices size={20} stroke={1.75} />}
      title={formatMAC(client.mac)}
      name={<MAC mac={client.mac} />}
      badges={
        <>
          <Copy text={client.mac} what="address" />
          {client.randomised && <Badge tone="info">Private address</Badge>}
          {client.demonstration && <DemoBadge />}
          <span className={`${textStyle.dim} ${textStyle.small}`}>
            heard <When at={client.lastHeardAt} form="ago" />
          </span>
        </>
      }
      sentence={
        client.bssid === null ? (
          "In no network when last heard; it only asked for some."
        ) : (
          <>
            In{" "}
            <BSSLink id={client.bssid}>
              <SSID ssid={client.ssid} />
            </BSSLink>{" "}
            when last heard{client.randomised ? "; its address is private and likely to change" : ""}.
          </>
        )
      }
      facts={[
        { label: "Vendor", value: client.vendor ?? (client.randomised ? "none, private address" : "unknown") },
        { label: "Signal", value: client.signalDBm === null ? "unknown" : formatDBm(client.signalDBm) },
        { label: "Band, channel", value: `${client.band}${client.channel === null ? "" : `, ${String(client.channel)}`}` },
        { label: "Sent", value: traffic(client.framesSent, client.bytesSent) },
        { label: "Received", value: traffic(client.framesReceived, client.bytesReceived) },
        { label: "First heard", value: <When at={client.firstHeardAt} /> },
        { label: "Heard by", value: client.taps.map((t) => t.name).join(", ") || "no tap now" },
      ]}
    />
  );
}
