import type { BSS, Client, Host, Tap } from "../api/types";
import { formatMAC, parseMAC } from "../format/address";

/** Something that has a page. */
export interface Found {
  kind: "bss" | "client" | "host" | "tap";
  id: string;
  name: string;
  detail: string;
}

export interface Registries {
  bss: readonly BSS[];
  clients: readonly Client[];
  hosts: readonly Host[];
  taps: readonly Tap[];
}

const MAX = 12;

/** What matches text, taps first, then networks, clients and hosts; whole matches and beginnings before the rest. */
export function find(text: string, registries: Registries): Found[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return [];
  const mac = parseMAC(wanted);
  const scored: [number, Found][] = [];
  const offer = (found: Found, texts: readonly (string | null)[]): void => {
    const score = Math.min(...texts.map((t) => rank(t?.toLowerCase() ?? "", mac ?? wanted)));
    if (score < 3) scored.push([score, found]);
  };
  for (const t of registries.taps) offer({ kind: "tap", id: t.id, name: t.name, detail: t.site.name }, [t.name]);
  for (const b of registries.bss) {
    const name = b.ssid === null ? "hidden" : b.ssid === "" ? "empty name" : b.ssid;
    offer({ kind: "bss", id: b.bssid, name, detail: formatMAC(b.bssid) }, [b.ssid, b.bssid, b.vendor]);
  }
  for (const c of registries.clients)
    offer({ kind: "client", id: c.mac, name: formatMAC(c.mac), detail: c.vendor ?? c.ssid ?? "" }, [c.mac, c.vendor]);
  for (const h of registries.hosts) {
    offer({ kind: "host", id: h.mac, name: h.names[0] ?? h.ips[0] ?? formatMAC(h.mac), detail: formatMAC(h.mac) }, [
      h.mac,
      ...h.names,
      ...h.ips,
    ]);
  }
  return scored
    .sort((a, b) => a[0] - b[0])
    .slice(0, MAX)
    .map(([, found]) => found);
}

function rank(text: string, wanted: string): number {
  if (text === wanted) return 0;
  if (text.startsWith(wanted)) return 1;
  return text.includes(wanted) ? 2 : 3;
}
