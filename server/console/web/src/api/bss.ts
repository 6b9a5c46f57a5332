import { queryOptions } from "@tanstack/react-query";
import { client, range, read } from "./client";
import type { BSS, BSSDetail, BSSSignal, Client, List, Scope } from "./types";

const where = (scope: Scope, bssid: string) => ({ path: { tenant: scope.tenant, bssid }, query: range(scope) });

/** GET /tenants/{tenant}/bss: powers are dBm, never percentages. */
export const bssListQuery = (scope: Scope) =>
  queryOptions({
    queryKey: ["bss", scope],
    queryFn: ({ signal }): Promise<List<BSS>> =>
      read(
        "Networks",
        client.GET("/api/v1/tenants/{tenant}/bss", { params: { path: { tenant: scope.tenant }, query: range(scope) }, signal }),
      ),
  });

/** GET /tenants/{tenant}/bss/{bssid}. */
export const bssQuery = (scope: Scope, bssid: string) =>
  queryOptions({
    queryKey: ["bss", scope, bssid],
    queryFn: ({ signal }): Promise<BSSDetail> =>
      read("This BSS", client.GET("/api/v1/tenants/{tenant}/bss/{bssid}", { params: where(scope, bssid), signal })),
  });

/** GET /tenants/{tenant}/bss/{bssid}/signal. */
export const bssSignalQuery = (scope: Scope, bssid: string) =>
  queryOptions({
    queryKey: ["bss", scope, bssid, "signal"],
    queryFn: ({ signal }): Promise<BSSSignal> =>
      read("Signal of this BSS", client.GET("/api/v1/tenants/{tenant}/bss/{bssid}/signal", { params: where(scope, bssid), signal })),
  });

/** GET /tenants/{tenant}/bss/{bssid}/clients. */
export const bssClientsQuery = (scope: Scope, bssid: string) =>
  queryOptions({
    queryKey: ["clients", scope, "of", bssid],
    queryFn: ({ signal }): Promise<List<Client>> =>
      read("Clients of this BSS", client.GET("/api/v1/tenants/{tenant}/bss/{bssid}/clients", { params: where(scope, bssid), signal })),
  });
