import type { Home, HomeSite, Recent } from "../../api/types";
import { numberWord } from "../../format/number";

/** The page's finding, as its title: what needs somebody first, then what cannot be judged. */
export function homeSentence(sites: readonly HomeSite[]): string {
  if (sites.length === 0) return "There is no site yet";
  const only = sites.length === 1 ? sites[0] : undefined;
  if (only) {
    return {
      quiet: `${only.name} is heard`,
      attention: `${only.name} needs attention`,
      no_data: `${only.name} cannot be judged`,
      pending: `${only.name} waits for its first tap`,
    }[only.state];
  }
  const count = (state: HomeSite["state"]): number => sites.filter((s) => s.state === state).length;
  const [attention, unknown, pending] = [count("attention"), count("no_data"), count("pending")];
  const parts: string[] = [];
  if (attention > 0) parts.push(`${numberWord(attention)} ${attention === 1 ? "site needs" : "sites need"} attention`);
  if (unknown > 0)
    parts.push(
      parts.length === 0
        ? `${numberWord(unknown)} ${unknown === 1 ? "site" : "sites"} cannot be judged`
        : `${numberWord(unknown).toLowerCase()} cannot be judged`,
    );
  if (parts.length > 0) return parts.join(", ");
  if (pending === sites.length) return "All sites wait for their first tap";
  if (pending > 0) return `${numberWord(sites.length - pending)} of ${String(sites.length)} sites are heard, the rest wait for a tap`;
  return `All ${String(sites.length)} sites are heard`;
}

/** One of the figures on top. */
export interface Figure {
  label: string;
  value: number;
  of: string; // beside the figure: "of 117"
  note: string; // what the figure leaves out
  to: "/$tenant/taps" | "/$tenant/networks" | "/$tenant/clients" | "/$tenant/hosts";
}

export function homeFigures(home: Home, range: string): Figure[] {
  const { taps } = home;
  const never = taps.total - taps.capturing - taps.silent;
  const missing = [taps.silent > 0 && `${String(taps.silent)} silent`, never > 0 && `${String(never)} not capturing`]
    .filter(Boolean)
    .join(", ");
  return [
    {
      label: "Taps capturing",
      value: taps.capturing,
      of: `of ${String(taps.total)}`,
      note: missing || (taps.total === 0 ? "none enrolled" : "all of them"),
      to: "/$tenant/taps",
    },
    {
      label: "Networks",
      value: home.networks,
      of: `with ${String(home.bssCount)} BSS`,
      note: `heard in ${range}`,
      to: "/$tenant/networks",
    },
    { label: "Clients", value: home.clients, of: "on the air", note: `heard in ${range}`, to: "/$tenant/clients" },
    { label: "Hosts", value: home.hosts, of: "on the wire", note: `heard in ${range}`, to: "/$tenant/hosts" },
  ];
}

/** What a thing that happened is called, before its subject. */
export const recentWords: Record<Recent["kind"], { before: string; after: string }> = {
  bss_new: { before: "New BSS", after: "" },
  client_new: { before: "New client", after: "" },
  host_new: { before: "New host", after: "" },
  tap_new: { before: "Tap", after: "reported first" },
  tap_silent: { before: "Tap", after: "fell silent" },
  gap: { before: "Gap in the reports of", after: "" },
};

/** The name of a site's slug; the slug itself when the list does not have it. */
export function siteName(home: Home, slug: string): string {
  return home.sites.find((s) => s.slug === slug)?.name ?? slug;
}
