import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import type { Scope } from "../api/types";
import type { Range } from "./range";
import { rangeOf, type ViewSearch } from "./search";

const root = getRouteApi("__root__");
const tenantRoute = getRouteApi("/$tenant");

/** What the URL's query says about the view. */
export function useView(): ViewSearch {
  return root.useSearch();
}

/** Slug of the tenant in the URL. */
export function useTenant(): string {
  return tenantRoute.useParams().tenant;
}

/** The tenant, site and time range that every read is limited to. */
export function useScope(): Scope {
  const tenant = useTenant();
  const { from, to, site } = useView();
  return useMemo(() => ({ tenant, site, ...rangeOf({ from, to }) }), [tenant, from, to, site]);
}

export function useRange(): Range {
  const { from, to } = useView();
  return useMemo(() => rangeOf({ from, to }), [from, to]);
}

/** Changes parts of the view in the URL; undefined removes a part. replace leaves no step in the browser's history. */
export function useSetView(): (change: Partial<ViewSearch>, replace?: boolean) => void {
  const navigate = useNavigate();
  return useCallback(
    (change, replace = false) => void navigate({ to: ".", search: (view: ViewSearch) => ({ ...view, ...change }), replace }),
    [navigate],
  );
}
