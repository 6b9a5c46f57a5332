import { queryOptions } from "@tanstack/react-query";
import { client, range, read } from "./client";
import { reading } from "./reading";
import type { Home, List, Scope, Site } from "./types";

/** GET /tenants/{tenant}/home. */
export const homeQuery = (scope: Scope) =>
  reading<Home>(["home", scope], (signal) =>
    read("Home", client.GET("/api/v1/tenants/{tenant}/home", { params: { path: { tenant: scope.tenant }, query: range(scope) }, signal })),
  );

/** GET /tenants/{tenant}/sites. */
export const sitesQuery = (tenant: string) =>
  queryOptions({
    queryKey: ["sites", tenant],
    queryFn: ({ signal }): Promise<List<Site>> =>
      read("Sites", client.GET("/api/v1/tenants/{tenant}/sites", { params: { path: { tenant } }, signal })),
    staleTime: 300_000,
  });
