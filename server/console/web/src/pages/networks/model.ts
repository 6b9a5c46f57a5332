import type { BSS, SecurityLevel } from "../../api/types";
import type { Field } from "../../filter/match";
import { formatBands } from "../../format/radio";

/** A row of the networks table: a name with its BSSs, or one BSS. */
export type NetworkRow = Group | Member;

export interface Group {
  kind: "group";
  key: string;
  ssid: string | null;
  members: Member[];
  only: BSS | null; // where it has one member
  security: string;
  securityLevel: SecurityLevel;
  bands: string;
  signalDBm: number | null;
  signal: (number | null)[];
  frames: (number | null)[];
  clients: number;
  firstHeardAt: Date;
  lastHeardAt: Date;
  demonstration: boolean;
}

export interface Member {
  kind: "bss";
  key: string;
  bss: BSS;
}

const weakest: readonly SecurityLevel[] = ["open", "weak", "unknown", "ok", "strong"];

/** Networks from what was heard: the BSSs of a name together, each hidden BSS under "hidden". */
export function groupBySSID(list: readonly BSS[]): Group[] {
  const bySSID = new Map<string | null, BSS[]>();
  for (const bss of list) {
    const known = bySSID.get(bss.ssid);
    if (known) known.push(bss);
    else bySSID.set(bss.ssid, [bss]);
  }
  return [...bySSID].map(([ssid, members]) => group(ssid, members));
}

function group(ssid: string | null, members: readonly BSS[]): Group {
  return {
    kind: "group",
    key: ssid === null ? "hidden" : `ssid ${ssid}`,
    ssid,
    only: members.length === 1 ? (members[0] ?? null) : null,
    members: members.map((bss) => ({ kind: "bss", key: `${bss.bssid} ${ssid ?? ""}`, bss })),
    security: [...new Set(members.map((m) => m.security))].join(", "),
    securityLevel: weakest.find((level) => members.some((m) => m.securityLevel === level)) ?? "unknown",
    bands: formatBands(members.map((m) => m.band).filter((b) => b !== "unknown")).replace(" GHz", ""),
    signalDBm: most(members.map((m) => m.signalDBm)),
    signal: columns(
      members.map((m) => m.spark.signal),
      (values) => most(values),
    ),
    frames: columns(
      members.map((m) => m.spark.frames),
      (values) => sum(values),
    ),
    clients: members.reduce((n, m) => n + m.clients, 0),
    firstHeardAt: new Date(Math.min(...members.map((m) => m.firstHeardAt.getTime()))),
    lastHeardAt: new Date(Math.max(...members.map((m) => m.lastHeardAt.getTime()))),
    demonstration: members.some((m) => m.demonstration),
  };
}

/** The greatest of the known values; null when none is. */
function most(values: readonly (number | null)[]): number | null {
  const known = values.filter((v) => v !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((v) => v !== null);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
}

/** Merges columns of equal length place by place. */
function columns(all: readonly (readonly (number | null)[])[], merge: (values: (number | null)[]) => number | null): (number | null)[] {
  const length = Math.max(0, ...all.map((c) => c.length));
  return Array.from({ length }, (_, i) => merge(all.map((c) => c[i] ?? null)));
}

/** The greatest frame rate of any row: the scale that the column's sparklines share. */
export function framesScale(groups: readonly Group[]): number {
  return Math.max(1, ...groups.flatMap((g) => g.frames.filter((f) => f !== null)));
}

/** "1,284 BSS in 212 networks" is about names; hidden ones are not one network. */
export function countNetworks(list: readonly BSS[]): number {
  return new Set(list.map((b) => b.ssid).filter((s) => s !== null)).size;
}

/** What networks can be filtered by. */
export const fields: Field<BSS>[] = [
  { id: "ssid", hint: "name of the network", kind: "text", of: (b) => [b.ssid ?? "hidden"] },
  { id: "bssid", hint: "address", kind: "text", of: (b) => [b.bssid] },
  { id: "security", hint: "WPA3-SAE, Open, …", kind: "choice", of: (b) => [b.security] },
  { id: "strength", hint: "open, weak, ok, strong, unknown", kind: "choice", of: (b) => [b.securityLevel] },
  { id: "pmf", hint: "off, capable, required", kind: "choice", of: (b) => [b.pmf] },
  { id: "band", hint: "2.4, 5 or 6 GHz", kind: "choice", of: (b) => [b.band] },
  { id: "channel", hint: "number", kind: "number", unit: "", of: (b) => b.channel },
  { id: "signal", hint: "dBm, of the tap that hears best", kind: "number", unit: "dBm", of: (b) => b.signalDBm },
  { id: "clients", hint: "how many", kind: "number", unit: "", of: (b) => b.clients },
  {
    id: "vendor",
    hint: "maker of the radio, or private",
    kind: "choice",
    of: (b) => [b.vendor ?? (b.privateAddress ? "private" : "unknown")],
  },
  { id: "feature", hint: "WPS, FT, …", kind: "choice", of: (b) => b.features },
  { id: "site", hint: "where it is heard", kind: "choice", of: (b) => b.sites },
  { id: "tap", hint: "who hears it", kind: "choice", of: (b) => b.taps.map((t) => t.name) },
  { id: "seen", hint: "last heard within", kind: "age", of: (b) => b.lastHeardAt },
  { id: "first", hint: "first heard within", kind: "age", of: (b) => b.firstHeardAt },
];
