import { infiniteQueryOptions } from "@tanstack/react-query";
import { changing, client, range, read, send } from "./client";
import { reading } from "./reading";
import type { EventKind, List, Scope, Tap, TapChannel, TapCoverage, TapDetail, TapEvents, TapHealth } from "./types";

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

/** GET /tenants/{tenant}/taps/{tap}/coverage. */
export const tapCoverageQuery = (scope: Scope, id: string) =>
  reading<TapCoverage>(["taps", scope, id, "coverage"], (signal) =>
    read("Coverage of the tap", client.GET("/api/v1/tenants/{tenant}/taps/{tap}/coverage", { params: where(scope, id), signal })),
  );

/** How many events are read at once. */
const EVENTS = 50;

/**
 * GET /tenants/{tenant}/taps/{tap}/events, or of all taps GET /tenants/{tenant}/events,
 * page by page, newest first.
 */
export const eventsQuery = (scope: Scope, id: string | null, kinds: readonly EventKind[]) =>
  infiniteQueryOptions({
    queryKey: ["taps", scope, id ?? "", "events", ...kinds] as const,
    initialPageParam: "",
    queryFn: ({ signal, pageParam }): Promise<TapEvents> => {
      const query = { ...range(scope), kind: [...kinds], limit: EVENTS, ...(pageParam === "" ? {} : { before: pageParam }) };
      return read(
        "Events",
        id === null
          ? client.GET("/api/v1/tenants/{tenant}/events", { params: { path: { tenant: scope.tenant }, query }, signal })
          : client.GET("/api/v1/tenants/{tenant}/taps/{tap}/events", { params: { path: { tenant: scope.tenant, tap: id }, query }, signal }),
      );
    },
    getNextPageParam: (last) => last.next ?? undefined,
  });

/** PATCH /tenants/{tenant}/taps/{tap}: another name, or another site. */
export async function changeTap(tenant: string, tap: string, body: { name?: string; site?: string }): Promise<void> {
  await send(
    "Change the tap",
    client.PATCH("/api/v1/tenants/{tenant}/taps/{tap}", { body, params: { path: { tenant, tap }, header: changing } }),
  );
}

/** POST /tenants/{tenant}/taps/{tap}/revocation: its reports are refused from then on. */
export async function revokeTap(tenant: string, tap: string): Promise<void> {
  await send(
    "Revoke the tap",
    client.POST("/api/v1/tenants/{tenant}/taps/{tap}/revocation", { params: { path: { tenant, tap }, header: changing } }),
  );
}
