import type { ReactNode } from "react";
import type { BSSDetail } from "../../api/types";
import { SignalBar } from "../../charts/SignalBar";
import { TapLink } from "../../components/links";
import { Panel } from "../../components/Panel";
import { Security } from "../../components/Security";
import { SimpleTable } from "../../components/SimpleTable";
import { SSID, Stranger, textStyle, When } from "../../components/text";
import { formatBytes, formatCount } from "../../format/number";
import { formatMHz } from "../../format/radio";
import { formatDuration } from "../../format/time";
import css from "./bss.module.css";

/** Security and what the beacon says of itself. */
export function FactsPanel({ bss }: { bss: BSSDetail }) {
  const first = bss.variants[0];
  return (
    <Panel title="Security and announcement" pad>
      <dl className={css["kv"]}>
        {bss.variants.map((v) => (
          <Pair key={v.ssid ?? "hidden"} label={bss.variants.length > 1 ? (v.ssid ?? "hidden") : "Security"}>
            <Security text={v.security} level={v.securityLevel} pmf={v.pmf} />
          </Pair>
        ))}
        <Pair label="Level">{first?.securityLevel ?? "unknown"}</Pair>
        <Pair label="Protected frames">
          {first
            ? { off: "off: disconnects can be forged", capable: "possible, not required", required: "required" }[first.pmf]
            : "unknown"}
        </Pair>
        <Pair label="Name">
          <SSID ssid={first?.ssid ?? null} />
        </Pair>
        <Pair label="Offers">{first && first.features.length > 0 ? first.features.join(", ") : "nothing further"}</Pair>
        <Pair label="Beacon interval">{bss.beaconIntervalTU === null ? "unknown" : `${String(bss.beaconIntervalTU)} TU`}</Pair>
        <Pair label="Country">{bss.country ?? "not announced"}</Pair>
        <Pair label="Up, by its clock">{bss.uptimeSeconds === null ? "unknown" : formatDuration(bss.uptimeSeconds)}</Pair>
      </dl>
    </Panel>
  );
}

function Pair({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt>
        <Stranger text={label} />
      </dt>
      <dd>{children}</dd>
    </>
  );
}

/** The channels that it was heard on. */
export function ChannelPanel({ bss }: { bss: BSSDetail }) {
  return (
    <Panel title="Channels" note="heard in this time range">
      <SimpleTable
        label="Channels"
        dense
        rows={bss.channels}
        rowKey={(c) => String(c.frequencyMHz)}
        none="It was not heard on any channel in this time range."
        columns={[
          {
            header: "Channel",
            cell: (c) => (
              <>
                {c.channel ?? "–"} <span className={textStyle.dim}>{c.band}</span>
              </>
            ),
          },
          { header: "Frequency", right: true, cell: (c) => formatMHz(c.frequencyMHz) },
          { header: "Frames", right: true, cell: (c) => formatCount(c.frames) },
          { header: "Octets", right: true, cell: (c) => formatBytes(c.bytes) },
          { header: "Last", cell: (c) => <When at={c.lastHeardAt} form="last" /> },
        ]}
      />
    </Panel>
  );
}

/** Who hears it, and how well the best one does. */
export function TapsPanel({ bss }: { bss: BSSDetail }) {
  const taps = new Map(
    bss.variants.flatMap((v) => v.taps.map((t) => [t.id, { ...t, signal: v.signalTap === t.name ? v.signalDBm : null }] as const)),
  );
  return (
    <Panel title="Heard by">
      <SimpleTable
        label="Taps that hear it"
        dense
        rows={[...taps.values()]}
        rowKey={(t) => t.id}
        none="No tap hears it in this time range."
        columns={[
          {
            header: "Tap",
            cell: (t) => (
              <TapLink id={t.id}>
                <Stranger text={t.name} max={64} />
              </TapLink>
            ),
          },
          {
            header: "Signal, dBm",
            cell: (t) => (t.signal === null ? <span className={textStyle.dim}>weaker</span> : <SignalBar dBm={t.signal} />),
          },
        ]}
      />
    </Panel>
  );
}
