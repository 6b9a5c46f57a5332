import { queryOptions } from "@tanstack/react-query";
import { client, range, read } from "./client";
import type { List, Scope, Tap, TapChannel, TapDetail, TapHealth } from "./types";

const where = (scope: Scope, id: string) => ({ path: { tenant: scope.tenant, tap: id }, query: range(scope) });

/** GET /tenants/{tenant}/taps. */
export const tapsQuery = (scope: Scope) =>
  queryOptions({
    queryKey: ["taps", scope],
    queryFn: ({ signal }): Promise<List<Tap>> =>
      read(
        "Taps",
        client.GET("/api/v1/tenants/{tenant}/taps", { params: { path: { tenant: scope.tenant }, query: range(scope) }, signal }),
      ),
  });

/** GET /tenants/{tenant}/taps/{tap}. */
export const tapQuery = (scope: Scope, id: string) =>
  queryOptions({
    queryKey: ["taps", scope, id],
    queryFn: ({ signal }): Promise<TapDetail> =>
      read("Tap", client.GET("/api/v1/tenants/{tenant}/taps/{tap}", { params: where(scope, id), signal })),
  });

/** GET /tenants/{tenant}/taps/{tap}/health. */
export const tapHealthQuery = (scope: Scope, id: string) =>
  queryOptions({
    queryKey: ["taps", scope, id, "health"],
    queryFn: ({ signal }): Promise<TapHealth> =>
      read("Health of the tap", client.GET("/api/v1/tenants/{tenant}/taps/{tap}/health", { params: where(scope, id), signal })),
  });

/** GET /tenants/{tenant}/taps/{tap}/channels. */
export const tapChannelsQuery = (scope: Scope, id: string) =>
  queryOptions({
    queryKey: ["taps", scope, id, "channels"],
    queryFn: ({ signal }): Promise<List<TapChannel>> =>
      read("Channels of the tap", client.GET("/api/v1/tenants/{tenant}/taps/{tap}/channels", { params: where(scope, id), signal })),
  });
