import { IconAccessPoint } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { bssClientsQuery, bssQuery } from "../../api/bss";
import type { BSSDetail } from "../../api/types";
import { Badge, DemoBadge, type Tone } from "../../components/Badge";
import { Copy } from "../../components/Copy";
import { EntityHeader, type Fact } from "../../components/EntityHeader";
import { Columns } from "../../components/Layout";
import { Panel } from "../../components/Panel";
import { BoneBlock, BoneRows, Loaded } from "../../components/state";
import { MAC, SSID, textStyle, When } from "../../components/text";
import { formatMAC } from "../../format/address";
import { plural } from "../../format/number";
import { formatChannel, formatDBm, formatMHz } from "../../format/radio";
import { visibleText } from "../../format/text";
import { useNow } from "../../live/live";
import { useScope, useView } from "../../url/useView";
import { ClientTable } from "../clients/ClientTable";
import { DisconnectTable } from "./DisconnectTable";
import { FingerprintTable } from "./FingerprintTable";
import { ChannelPanel, FactsPanel, TapsPanel } from "./SidePanels";
import { SignalPanel } from "./SignalPanel";
import { TimelinePanel } from "./TimelinePanel";

const route = getRouteApi("/$tenant/bss/$bssid");

/** Everything about a BSSID. */
export function BSSPage() {
  const { bssid } = route.useParams();
  const query = useQuery(bssQuery(useScope(), bssid));
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
      {(bss) => <BSSContent bss={bss} />}
    </Loaded>
  );
}

function BSSContent({ bss }: { bss: BSSDetail }) {
  const tab = useView().tab ?? "overview";
  const clients = useQuery(bssClientsQuery(useScope(), bss.bssid));
  const elements = bss.fingerprint.beacon?.elements.length ?? 0;
  return (
    <>
      <Header bss={bss} tab={tab} clients={clients.data?.total} elements={elements} />
      {tab === "overview" && (
        <Columns
          main={
            <>
              <SignalPanel bssid={bss.bssid} first={bss.firstHeardAt} />
              <TimelinePanel bss={bss} />
            </>
          }
          side={
            <>
              <FactsPanel bss={bss} />
              <ChannelPanel bss={bss} />
              <TapsPanel bss={bss} />
            </>
          }
        />
      )}
      {tab === "clients" && (
        <Panel title="Clients" note="heard in this BSS in the time range">
          <Loaded query={clients} bones={<BoneRows rows={6} />}>
            {(list) => <ClientTable rows={list.items} />}
          </Loaded>
        </Panel>
      )}
      {tab === "fingerprint" && (
        <>
          <Panel title="Beacon" note="the elements it announces, in the order sent">
            <FingerprintTable fingerprint={bss.fingerprint.beacon} what="beacon" />
          </Panel>
          <Panel title="Probe response" note="has a fingerprint of its own and is never compared with the beacon's">
            <FingerprintTable fingerprint={bss.fingerprint.probeResponse} what="probe response" />
          </Panel>
        </>
      )}
      {tab === "disconnects" && (
        <Panel title="Disconnects" note="frames that end a client's connection, newest first">
          <DisconnectTable rows={bss.disconnects} />
        </Panel>
      )}
    </>
  );
}

interface HeaderProps {
  bss: BSSDetail;
  tab: string;
  clients: number | undefined;
  elements: number;
}

const tones: Record<string, Tone> = { open: "high", weak: "high", unknown: "none", ok: "accent", strong: "accent" };

function Header({ bss, tab, clients, elements }: HeaderProps) {
  const now = useNow();
  const first = bss.variants[0];
  const onAir = now.getTime() - bss.lastHeardAt.getTime() < 60_000;
  const others = bss.variants.length - 1;
  const facts: Fact[] = [
    { label: "Vendor", value: bss.vendor ?? (bss.privateAddress ? "none, private address" : "unknown") },
    {
      label: "Security",
      value: first
        ? `${first.security}${first.pmf === "required" ? ", PMF" : first.pmf === "off" ? ", no PMF" : ", PMF possible"}`
        : "unknown",
    },
    {
      label: "Channel",
      value:
        first?.channel != null
          ? `${formatChannel(first.channel, first.band, first.widthMHz)}${first.frequencyMHz === null ? "" : `, ${formatMHz(first.frequencyMHz)}`}`
          : "unknown",
    },
    {
      label: "Signal now",
      value:
        first?.signalDBm != null
          ? `${formatDBm(first.signalDBm)}${first.signalTap === null ? "" : ` at ${visibleText(first.signalTap)}`}`
          : "unknown",
    },
    { label: "Clients", value: clients === undefined ? "…" : String(clients) },
    { label: "First heard", value: <When at={bss.firstHeardAt} /> },
    { label: "Last heard", value: <When at={bss.lastHeardAt} form="last" /> },
  ];
  const name = first?.ssid ?? null;
  return (
    <EntityHeader
      tone={tones[first?.securityLevel ?? "unknown"] ?? "none"}
      icon={<IconAccessPoint size={20} stroke={1.75} />}
      title={name === null ? formatMAC(bss.bssid) : visibleText(name)}
      name={<SSID ssid={name} />}
      badges={
        <>
          <span style={{ fontSize: 14 }}>
            <MAC mac={bss.bssid} />
          </span>
          <Copy text={bss.bssid} what="address" />
          {onAir ? (
            <Badge tone="accent" mark="ok">
              On the air
            </Badge>
          ) : (
            <Badge tone="none" mark="none">
              Not heard now
            </Badge>
          )}
          {first?.securityLevel === "open" && (
            <Badge tone="high" mark="open">
              Open
            </Badge>
          )}
          {first?.securityLevel === "weak" && (
            <Badge tone="high" mark="weak">
              Weak
            </Badge>
          )}
          {first?.demonstration && <DemoBadge />}
          <span className={`${textStyle.dim} ${textStyle.small}`}>
            heard <When at={bss.lastHeardAt} form="ago" />
          </span>
        </>
      }
      sentence={
        others > 0
          ? `This address announces ${plural(bss.variants.length, "name")}: ${bss.variants.map((v) => (v.ssid === null ? "hidden" : visibleText(v.ssid))).join(", ")}.`
          : `Heard by ${plural(first?.taps.length ?? 0, "tap")}${first && first.features.length > 0 ? `; it offers ${first.features.join(", ")}` : ""}.`
      }
      facts={facts}
      tab={tab}
      tabs={[
        { id: "overview", label: "Overview" },
        { id: "clients", label: "Clients", ...(clients === undefined ? {} : { count: clients }) },
        { id: "fingerprint", label: "Fingerprint", count: elements },
        { id: "disconnects", label: "Disconnects", count: bss.disconnects.length },
      ]}
    />
  );
}
