import { createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import type { QueryClient } from "@tanstack/react-query";
import { APIError } from "../api/errors";
import { sessionQuery } from "../api/session";
import type { Session } from "../api/types";
import { NotFound } from "../shell/NotFound";
import { RouteError } from "../shell/RouteError";
import { parseSearch, stringifySearch } from "../url/search";
import { rootRoute } from "./root";

/** Waits for the session; a stranger is sent to the sign-in page and comes back from there. */
async function signedIn(queries: QueryClient, href: string): Promise<Session> {
  try {
    return await queries.query({ ...sessionQuery, staleTime: "static" });
  } catch (error) {
    if (error instanceof APIError && error.status === 401) throw redirect({ to: "/login", hash: href === "/" ? "" : href });
    throw error;
  }
}

/** All pages. Each is loaded when it is first opened. */
export function buildRouter(queries: QueryClient) {
  const index = createRoute({
    getParentRoute: () => rootRoute,
    path: "/",
    beforeLoad: async () => {
      const session = await signedIn(queries, "/");
      const tenant = session.tenants[0]?.slug;
      if (tenant !== undefined) throw redirect({ to: "/$tenant/home", params: { tenant }, replace: true });
    },
    component: NotFound,
  });
  const login = createRoute({
    getParentRoute: () => rootRoute,
    path: "/login",
    component: lazyRouteComponent(() => import("../pages/login/LoginPage"), "LoginPage"),
  });
  const firstLogin = createRoute({
    getParentRoute: () => rootRoute,
    path: "/first-login",
    component: lazyRouteComponent(() => import("../pages/login/FirstLoginPage"), "FirstLoginPage"),
  });
  const invitation = createRoute({
    getParentRoute: () => rootRoute,
    path: "/invitation",
    component: lazyRouteComponent(() => import("../pages/login/InvitationPage"), "InvitationPage"),
  });
  const provider = createRoute({
    getParentRoute: () => rootRoute,
    path: "/login/provider",
    component: lazyRouteComponent(() => import("../pages/login/ProviderPage"), "ProviderPage"),
  });
  const tenant = createRoute({
    getParentRoute: () => rootRoute,
    path: "/$tenant",
    beforeLoad: ({ location }) => signedIn(queries, location.href).then(() => undefined),
    component: lazyRouteComponent(() => import("../shell/Shell"), "Shell"),
  });
  const page = { getParentRoute: () => tenant };
  const pages = [
    createRoute({
      ...page,
      path: "/",
      beforeLoad: ({ params }) => {
        throw redirect({ to: "/$tenant/home", params, replace: true });
      },
    }),
    createRoute({ ...page, path: "/home", component: lazyRouteComponent(() => import("../pages/home/HomePage"), "HomePage") }),
    createRoute({
      ...page,
      path: "/networks",
      component: lazyRouteComponent(() => import("../pages/networks/NetworksPage"), "NetworksPage"),
    }),
    createRoute({ ...page, path: "/bss/$bssid", component: lazyRouteComponent(() => import("../pages/bss/BSSPage"), "BSSPage") }),
    createRoute({ ...page, path: "/clients", component: lazyRouteComponent(() => import("../pages/clients/ClientsPage"), "ClientsPage") }),
    createRoute({
      ...page,
      path: "/client/$mac",
      component: lazyRouteComponent(() => import("../pages/clients/ClientPage"), "ClientPage"),
    }),
    createRoute({ ...page, path: "/hosts", component: lazyRouteComponent(() => import("../pages/hosts/HostsPage"), "HostsPage") }),
    createRoute({ ...page, path: "/host/$mac", component: lazyRouteComponent(() => import("../pages/hosts/HostPage"), "HostPage") }),
    createRoute({ ...page, path: "/taps", component: lazyRouteComponent(() => import("../pages/taps/TapsPage"), "TapsPage") }),
    createRoute({ ...page, path: "/tap/$id", component: lazyRouteComponent(() => import("../pages/tap/TapPage"), "TapPage") }),
    createRoute({
      ...page,
      path: "/enrolment",
      component: lazyRouteComponent(() => import("../pages/enrolment/EnrolmentPage"), "EnrolmentPage"),
    }),
    createRoute({ ...page, path: "/people", component: lazyRouteComponent(() => import("../pages/people/PeoplePage"), "PeoplePage") }),
    createRoute({ ...page, path: "/places", component: lazyRouteComponent(() => import("../pages/places/PlacesPage"), "PlacesPage") }),
    createRoute({ ...page, path: "/audit", component: lazyRouteComponent(() => import("../pages/audit/AuditPage"), "AuditPage") }),
    createRoute({ ...page, path: "/sign-in", component: lazyRouteComponent(() => import("../pages/signin/SignInPage"), "SignInPage") }),
    createRoute({
      ...page,
      path: "/certificates",
      component: lazyRouteComponent(() => import("../pages/certificates/CertificatesPage"), "CertificatesPage"),
    }),
    createRoute({ ...page, path: "/account", component: lazyRouteComponent(() => import("../pages/account/AccountPage"), "AccountPage") }),
    createRoute({ ...page, path: "/health", component: lazyRouteComponent(() => import("../pages/health/HealthPage"), "HealthPage") }),
    createRoute({ ...page, path: "/nodes", component: lazyRouteComponent(() => import("../pages/nodes/NodesPage"), "NodesPage") }),
  ] as const;

  return createRouter({
    routeTree: rootRoute.addChildren([index, login, firstLogin, invitation, provider, tenant.addChildren(pages)]),
    parseSearch,
    stringifySearch,
    defaultErrorComponent: RouteError,
    defaultPendingMs: 150,
    defaultPreload: false,
    scrollRestoration: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof buildRouter>;
  }
}
