import { queryOptions } from "@tanstack/react-query";
import { client, range, read } from "./client";
import type { Host, HostDetail, List, Scope } from "./types";

/** GET /tenants/{tenant}/hosts. */
export const hostsQuery = (scope: Scope) =>
  queryOptions({
    queryKey: ["hosts", scope],
    queryFn: ({ signal }): Promise<List<Host>> =>
      read(
        "Hosts",
        client.GET("/api/v1/tenants/{tenant}/hosts", { params: { path: { tenant: scope.tenant }, query: range(scope) }, signal }),
      ),
  });

/** GET /tenants/{tenant}/hosts/{mac}. */
export const hostQuery = (scope: Scope, mac: string) =>
  queryOptions({
    queryKey: ["hosts", scope, mac],
    queryFn: ({ signal }): Promise<HostDetail> =>
      read(
        "This host",
        client.GET("/api/v1/tenants/{tenant}/hosts/{mac}", {
          params: { path: { tenant: scope.tenant, mac }, query: range(scope) },
          signal,
        }),
      ),
  });
