import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { tapsQuery } from "../api/taps";
import type { Session } from "../api/types";
import { useMay } from "../session/may";
import { useScope } from "../url/useView";
import { Logo } from "./Logo";
import css from "./Nav.module.css";
import { pageGroups, sees, type Page } from "./pages";
import { UserMenu } from "./UserMenu";

/** The pages that somebody may see. wide: in the drawer of a small screen, with labels and tall enough to touch. */
export function Nav({ session, wide = false }: { session: Session; wide?: boolean }) {
  const scope = useScope();
  const taps = useQuery({ ...tapsQuery(scope), enabled: useMay()("read:taps") });
  const shown = pageGroups
    .map((g) => ({ label: g.label, pages: g.pages.filter((page: Page) => sees(session, scope.tenant, page)) }))
    .filter((g) => g.pages.length > 0);
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
          {group.pages.map(({ to, label, icon: ItemIcon }) => (
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
