import { createRootRoute, Outlet, retainSearchParams } from "@tanstack/react-router";
import { NotFound } from "../shell/NotFound";
import { viewSearch, type ViewSearch } from "../url/search";

/** The root: reads the view from the URL, and lets site and time range follow every link. */
export const rootRoute = createRootRoute({
  validateSearch: (search): ViewSearch => viewSearch.parse(search),
  search: { middlewares: [retainSearchParams<ViewSearch>(["site", "from", "to"])] },
  component: Outlet,
  notFoundComponent: NotFound,
});
