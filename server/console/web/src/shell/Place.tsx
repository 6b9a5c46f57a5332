import { Menu } from "@mantine/core";
import { IconBuilding, IconCheck, IconChevronDown } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { sitesQuery } from "../api/home";
import type { Session } from "../api/types";
import { Button } from "../components/Button";
import { useSetView, useTenant, useView } from "../url/useView";
import { menuClasses } from "./menu";
import css from "./TopBar.module.css";

/** Tenant / site: what everything on the page is limited to. sites: whether the page knows sites apart. */
export function Place({ session, sites: choose }: { session: Session; sites: boolean }) {
  const tenant = useTenant();
  const { site } = useView();
  const setView = useSetView();
  const navigate = useNavigate();
  const sites = useQuery(sitesQuery(tenant)).data?.items ?? [];
  const here = session.tenants.find((t) => t.slug === tenant)?.name ?? tenant;
  const siteName = site === undefined ? "All sites" : (sites.find((s) => s.slug === site)?.name ?? site);
  return (
    <div className={css["crumb"]}>
      <span className={css["tenant"]}>
        {session.tenants.length === 1 ? (
          <span className={css["here"]}>
            <IconBuilding size={16} stroke={1.75} aria-hidden="true" />
            {here}
          </span>
        ) : (
          <Chooser
            label="Tenant"
            shown={here}
            options={session.tenants.map((t) => ({ id: t.slug, name: t.name }))}
            chosen={tenant}
            choose={(id) => void navigate({ to: "/$tenant/home", params: { tenant: id }, search: {} })}
          />
        )}
      </span>
      {choose && (
        <>
          <span className={css["slash"]}>/</span>
          <Chooser
            label="Site"
            shown={siteName}
            options={[{ id: "", name: "All sites" }, ...sites.map((s) => ({ id: s.slug, name: s.name }))]}
            chosen={site ?? ""}
            choose={(id) => setView({ site: id === "" ? undefined : id })}
          />
        </>
      )}
    </div>
  );
}

interface ChooserProps {
  label: string;
  shown: string;
  options: { id: string; name: string }[];
  chosen: string;
  choose: (id: string) => void;
}

function Chooser({ label, shown, options, chosen, choose }: ChooserProps) {
  return (
    <Menu position="bottom-start" classNames={menuClasses} transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <Button look="ghost" aria-label={`${label}: ${shown}`}>
          <bdi>{shown}</bdi>
          <IconChevronDown size={14} stroke={1.75} aria-hidden="true" />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{label}</Menu.Label>
        {options.map((o) => (
          <Menu.Item
            key={o.id}
            rightSection={o.id === chosen ? <IconCheck size={14} aria-label="chosen" /> : null}
            onClick={() => choose(o.id)}
          >
            <bdi>{o.name}</bdi>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
