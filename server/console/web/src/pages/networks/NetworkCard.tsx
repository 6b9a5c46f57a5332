import { SignalBar } from "../../charts/SignalBar";
import { Card } from "../../components/Card";
import { BSSLink } from "../../components/links";
import { MAC, SSID, textStyle, When } from "../../components/text";
import { plural } from "../../format/number";
import { formatChannel } from "../../format/radio";
import type { NetworkRow } from "./model";

/** A network or a BSS on a small screen. */
export function NetworkCard({ row }: { row: NetworkRow }) {
  if (row.kind === "group") {
    const { only } = row;
    return (
      <Card
        name={
          <>
            {only ? (
              <BSSLink id={only.bssid}>
                <SSID ssid={row.ssid} />
              </BSSLink>
            ) : (
              <SSID ssid={row.ssid} />
            )}
            <span className={textStyle.dim}>{row.members.length}</span>
          </>
        }
        figure={<SignalBar dBm={row.signalDBm} />}
        detail={`${row.security} · ${row.bands} · ${plural(row.clients, "client")}`}
        when={<When at={row.lastHeardAt} form="last" />}
      />
    );
  }
  const { bss } = row;
  return (
    <Card
      name={
        <BSSLink id={bss.bssid}>
          <MAC mac={bss.bssid} />
        </BSSLink>
      }
      figure={<SignalBar dBm={bss.signalDBm} />}
      detail={`${bss.security} · ${bss.channel === null ? "channel unknown" : formatChannel(bss.channel, bss.band, bss.widthMHz)}`}
      when={<When at={bss.lastHeardAt} form="last" />}
    />
  );
}
