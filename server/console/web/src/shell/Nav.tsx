import {
  IconAntenna,
  IconBuilding,
  IconDevices, IconHeartbeat,
  IconHistory,
  IconKey,
  IconLayoutDashboard,
  IconNetwork,
  IconServer2,
  IconUser,
  IconUsers,
  IconWifi,
  type Icon,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { tapsQuery } from "../api/taps";
import type { Session } from "../api/types";
import { useScope } from "../url/useView";
import { Logo } from "./Logo";
import css from "./Nav.module.css";
import { UserMenu } from "./UserMenu";

type To =
  | "/$tenant/home"
  | "/$tenant/networks"
  | "/$tenant/clients"
  | "/$tenant/hosts"
  | "/$tenant/taps"
  | "/$tenant/enrolment"
  | "/$tenant/health" | "/$tenant/nodes"
  | "/$tenant/people"
  | "/$tenant/places"
  | "/$tenant/audit"
  | "/$tenant/account";

interface Item {
  to: To;
  label: string;
  icon: Icon;
  needs?: string; // the permission without which it shows nothing
}

const settings: Item[] = [
  { to: "/$tenant/people", label: "People", icon: IconUsers, needs: "read:people" },
  { to: "/$tenant/places", label: "Places", icon: IconBuilding, needs: "read:settings" },
  { to: "/$tenant/audit", label: "Audit log", icon: IconHistory, needs: "read:audit" },
  { to: "/$tenant/account", label: "My account", icon: IconUser },
];

const groups: { label: string; items: Item[] }[] = [
  { label: "", items: [{ to: "/$tenant/home", label: "Home", icon: IconLayoutDashboard }] },
  {
    label: "Air",
    items: [
      { to: "/$tenant/networks", label: "Networks", icon: IconWifi },
      { to: "/$tenant/clients", label: "Clients", icon: IconDevices },
    ],
  },
  { label: "Wire", items: [{ to: "/$tenant/hosts", label: "Hosts", icon: IconNetwork, needs: "read:wire" }] },
  { label: "Fleet", items: [{ to: "/$tenant/taps", label: "Taps", icon: IconAntenna }] },
  {
    label: "System",
    items: [
      { to: "/$tenant/enrolment", label: "Add a tap", icon: IconKey, needs: "read:enrolment" },
      { to: "/$tenant/health", label: "Health", icon: IconHeartbeat },
      { to: "/$tenant/nodes", label: "Nodes", icon: IconServer2, needs: "read:cluster" },
    ],
  },
];

/** The pages that exist. wide: in the drawer of a small screen, with labels and tall enough to touch. */
export function Nav({ session, wide = false }: { session: Session; wide?: boolean }) {
  const scope = useScope();
  const taps = useQuery(tapsQuery(scope));
  const has = new Set([...session.permissions, ...(session.tenants.find((t) => t.slug === scope.tenant)?.permissions ?? [])]);
  const shown = [...groups, { label: "Settings", items: settings }]
    .map((g) => ({ ...g, items: g.items.filter((i) => i.needs === undefined || has.has(i.needs)) }))
    .filter((g) => g.items.length > 0);
  const silent = taps.data?.items.filter((t) => t.state === "silent").length ?? 0;
  return (
    <nav className={`${css["nav"] ?? ""} ${wide ? (css["wide"] ?? "") : ""}`} aria-label="Pages">
      <Link to="/$tenant/home" params={{ tenant: scope.tenant }} className={css["brand"]}>
        <Logo />
        <span className={css["label"]}>Picket</span>
      </Link>
      {shown.map((group) => (
        <div key={group.label}>
          {group.label !== "" && <div className={css["group"]}>{group.label}</div>}
          {group.items.map(({ to, label, icon: ItemIcon }) => (
            <Link
              key={to}
              to={to}
              params={{ tenant: scope.tenant }}
              className={css["link"]}
              activeProps={{ className: css["on"] ?? "" }}
              title={label}
            >
              <ItemIcon size={16} stroke={1.75} aria-hidden="true" />
              <span className={css["label"]}>{label}</span>
              {label === "Taps" && silent > 0 && <span className={css["count"]}>{silent} silent</span>}
            </Link>
          ))}
        </div>
      ))}
      <div className={css["foot"]}>
        <UserMenu session={session} wide={wide} />
      </div>
    </nav>
  );
}
