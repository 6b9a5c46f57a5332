import { client, range, read } from "./client";
import { reading } from "./reading";
import type { List, Scope, Tap, TapChannel, TapDetail, TapHealth } from "./types";

const where = (scope: Scope, tap: string) => ({ path: { tenant: scope.tenant, tap }, query: range(scope) });

/** GET /tenants/{tenant}/taps. */
export const tapsQuery = (scope: Scope) =>
  reading<List<Tap>>(["taps", scope], (signal) =>
    read("Taps", client.GET("/api/v1/tenants/{tenant}/taps", { params: { path: { tenant: scope.tenant }, query: range(scope) }, signal })),
  );

/** GET /tenants/{tenant}/taps/{tap}. */
export const tapQuery = (scope: Scope, id: string) =>
  reading<TapDetail>(["taps", scope, id], (signal) =>
    read("Tap", client.GET("/api/v1/tenants/{tenant}/taps/{tap}", { params: where(scope, id), signal })),
  );

/** GET /tenants/{tenant}/taps/{tap}/health. */
export const tapHealthQuery = (scope: Scope, id: string) =>
  reading<TapHealth>(["taps", scope, id, "health"], (signal) =>
    read("Health of the tap", client.GET("/api/v1/tenants/{tenant}/taps/{tap}/health", { params: where(scope, id), signal })),
  );

/** GET /tenants/{tenant}/taps/{tap}/channels. */
export const tapChannelsQuery = (scope: Scope, id: string) =>
  reading<List<TapChannel>>(["taps", scope, id, "channels"], (signal) =>
    read("Channels of the tap", client.GET("/api/v1/tenants/{tenant}/taps/{tap}/channels", { params: where(scope, id), signal })),
  );
