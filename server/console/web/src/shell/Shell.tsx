import { Drawer } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useLocation } from "@tanstack/react-router";
import { useEffect } from "react";
import { sessionQuery } from "../api/session";
import { HatchDefs } from "../charts/HatchDefs";
import { LiveProvider } from "../live/LiveProvider";
import { useTenant } from "../url/useView";
import { Nav } from "./Nav";
import { NoFactor, NotAllowed, NoTenant } from "./NotFound";
import { pageAt, sees } from "./pages";
import { Palette } from "./Palette";
import { DemoStrip } from "./DemoStrip";
import css from "./Shell.module.css";
import { TopBar } from "./TopBar";

/** Everything around a page: navigation, top bar, search, live updates. */
export function Shell() {
  const tenant = useTenant();
  const session = useQuery(sessionQuery);
  const { pathname } = useLocation();
  const [drawer, setDrawer] = useDisclosure(false);
  const [palette, setPalette] = useDisclosure(false);
  useHotkeys([["mod+K", setPalette.open]], ["INPUT", "TEXTAREA"]);
  const closeDrawer = setDrawer.close;
  useEffect(() => closeDrawer(), [pathname, closeDrawer]);

  if (!session.data) return null;
  const here = session.data.tenants.find((t) => t.slug === tenant);
  if (!here) return <NoTenant session={session.data} />;
  const page = pageAt(pathname);
  const refused = page !== undefined && !sees(session.data, tenant, page);
  return (
    <LiveProvider>
      <HatchDefs />
      <div className={css["app"]}>
        <a className={css["skip"]} href="#main">
          Skip to the page
        </a>
        <div className={css["nav"]}>
          <Nav session={session.data} />
        </div>
        <TopBar session={session.data} timeless={page?.timeless === true} openNav={setDrawer.open} openSearch={setPalette.open} />
        <main className={css["main"]} id="main" tabIndex={-1}>
          <DemoStrip />
          {here.needsSecondFactor && page?.to !== "/$tenant/account" ? (
            <NoFactor tenant={tenant} />
          ) : refused ? (
            <NotAllowed page={page} />
          ) : (
            <Outlet />
          )}
        </main>
      </div>
      <Drawer.Root opened={drawer} onClose={setDrawer.close} size={264} lockScroll={false} transitionProps={{ duration: 0 }}>
        <Drawer.Overlay />
        <Drawer.Content aria-label="Navigation">
          <Drawer.Body p={0}>
            <Nav session={session.data} wide />
          </Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
      <Palette opened={palette} close={setPalette.close} />
    </LiveProvider>
  );
}
