import {
  IconAntenna,
  IconBuilding,
  IconCertificate,
  IconDevices,
  IconHeartbeat,
  IconHistory,
  IconLayoutDashboard,
  IconLogin2,
  IconNetwork,
  IconPlus,
  IconServer2,
  IconUser,
  IconUsers,
  IconWifi,
  type Icon,
} from "@tabler/icons-react";
import type { Session } from "../api/types";
import { allows, type Permission } from "../session/may";

/** A page of the navigation. */
export interface Page {
  to: `/$tenant/${string}`;
  label: string;
  icon: Icon;
  needs?: Permission; // without which it shows nothing; undefined: whoever is signed in may
  where?: "installation"; // where needs is asked for; undefined: in the tenant
  timeless?: boolean; // the site and the time range of the top bar change nothing on it
}

const account = { to: "/$tenant/account", label: "My account", icon: IconUser, timeless: true } as const satisfies Page;

/** The navigation: which pages there are, and who may see them. The only place that says so. */
export const pageGroups = [
  { label: "", pages: [{ to: "/$tenant/home", label: "Home", icon: IconLayoutDashboard, needs: "read:taps" }] },
  {
    label: "Air",
    pages: [
      { to: "/$tenant/networks", label: "Networks", icon: IconWifi, needs: "read:air" },
      { to: "/$tenant/clients", label: "Clients", icon: IconDevices, needs: "read:air" },
    ],
  },
  { label: "Wire", pages: [{ to: "/$tenant/hosts", label: "Hosts", icon: IconNetwork, needs: "read:wire" }] },
  {
    label: "Fleet",
    pages: [
      { to: "/$tenant/taps", label: "Taps", icon: IconAntenna, needs: "read:taps" },
      { to: "/$tenant/enrolment", label: "Add a tap", icon: IconPlus, needs: "read:enrolment", timeless: true },
    ],
  },
  {
    label: "Administration",
    pages: [
      { to: "/$tenant/people", label: "People", icon: IconUsers, needs: "read:people", timeless: true },
      { to: "/$tenant/places", label: "Places", icon: IconBuilding, needs: "read:places", timeless: true },
      { to: "/$tenant/sign-in", label: "Sign-in", icon: IconLogin2, needs: "read:settings", timeless: true },
      { to: "/$tenant/audit", label: "Audit log", icon: IconHistory, needs: "read:audit", timeless: true },
      account,
    ],
  },
  {
    label: "System",
    pages: [
      { to: "/$tenant/health", label: "Health", icon: IconHeartbeat, needs: "read:health", timeless: true },
      { to: "/$tenant/nodes", label: "Nodes", icon: IconServer2, needs: "read:cluster", where: "installation", timeless: true },
      {
        to: "/$tenant/certificates",
        label: "Certificates",
        icon: IconCertificate,
        needs: "read:cluster",
        where: "installation",
        timeless: true,
      },
    ],
  },
] as const satisfies readonly { label: string; pages: readonly Page[] }[];

/** The page of the navigation that a path within the console opens, if it is one. */
export function pageAt(pathname: string): Page | undefined {
  const [, , name = ""] = pathname.split("/");
  return pageGroups.flatMap((g): readonly Page[] => g.pages).find((p) => p.to === `/$tenant/${name}`);
}

/** Whether somebody may see a page. */
export function sees(session: Session, tenant: string, page: Page): boolean {
  return page.needs === undefined || allows(session, page.where ?? { tenant }, page.needs);
}
