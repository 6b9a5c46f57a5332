import { client, range, read } from "./client";
import { reading } from "./reading";
import type { Host, HostDetail, List, Scope } from "./types";

/** GET /tenants/{tenant}/hosts. */
export const hostsQuery = (scope: Scope) =>
  reading<List<Host>>(["hosts", scope], (signal) =>
    read(
      "Hosts",
      client.GET("/api/v1/tenants/{tenant}/hosts", { params: { path: { tenant: scope.tenant }, query: range(scope) }, signal }),
    ),
  );

/** GET /tenants/{tenant}/hosts/{mac}. */
export const hostQuery = (scope: Scope, mac: string) =>
  reading<HostDetail>(["hosts", scope, mac], (signal) =>
    read(
      "This host",
      client.GET("/api/v1/tenants/{tenant}/hosts/{mac}", { params: { path: { tenant: scope.tenant, mac }, query: range(scope) }, signal }),
    ),
  );
