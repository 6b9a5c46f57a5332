import { client, range, read } from "./client";
import { reading } from "./reading";
import type { BSS, BSSDetail, BSSSignal, Client, List, Scope } from "./types";

const where = (scope: Scope, bssid: string) => ({ path: { tenant: scope.tenant, bssid }, query: range(scope) });

/** GET /tenants/{tenant}/bss: powers are dBm, never percentages. */
export const bssListQuery = (scope: Scope) =>
  reading<List<BSS>>(["bss", scope], (signal) =>
    read(
      "Networks",
      client.GET("/api/v1/tenants/{tenant}/bss", { params: { path: { tenant: scope.tenant }, query: range(scope) }, signal }),
    ),
  );

/** GET /tenants/{tenant}/bss/{bssid}. */
export const bssQuery = (scope: Scope, bssid: string) =>
  reading<BSSDetail>(["bss", scope, bssid], (signal) =>
    read("This BSS", client.GET("/api/v1/tenants/{tenant}/bss/{bssid}", { params: where(scope, bssid), signal })),
  );

/** GET /tenants/{tenant}/bss/{bssid}/signal. */
export const bssSignalQuery = (scope: Scope, bssid: string) =>
  reading<BSSSignal>(["bss", scope, bssid, "signal"], (signal) =>
    read("Signal of this BSS", client.GET("/api/v1/tenants/{tenant}/bss/{bssid}/signal", { params: where(scope, bssid), signal })),
  );

/** GET /tenants/{tenant}/bss/{bssid}/clients. */
export const bssClientsQuery = (scope: Scope, bssid: string) =>
  reading<List<Client>>(["clients", scope, "of", bssid], (signal) =>
    read("Clients of this BSS", client.GET("/api/v1/tenants/{tenant}/bss/{bssid}/clients", { params: where(scope, bssid), signal })),
  );
