import { changing, client, read, send } from "./client";
import { reading } from "./reading";
import type { ChannelLock, NewChannelLock, Scope, Settings, SiteSettings, TapSettings } from "./types";

/** GET /tenants/{tenant}/taps/{tap}/settings. Read again with the taps: it says what each follows. */
export const tapSettingsQuery = (scope: Scope, tap: string) =>
  reading<TapSettings>(["taps", scope, tap, "settings"], (signal) =>
    read(
      "Settings of the tap",
      client.GET("/api/v1/tenants/{tenant}/taps/{tap}/settings", {
        params: { path: { tenant: scope.tenant, tap } },
        signal,
      }),
    ),
  );

/** GET /tenants/{tenant}/sites/{site}/settings. */
export const siteSettingsQuery = (scope: Scope, site: string) =>
  reading<SiteSettings>(["taps", scope, site, "site settings"], (signal) =>
    read(
      "Settings of the site",
      client.GET("/api/v1/tenants/{tenant}/sites/{site}/settings", {
        params: { path: { tenant: scope.tenant, site } },
        signal,
      }),
    ),
  );

/** PUT /tenants/{tenant}/taps/{tap}/settings: replaces what is set for the tap. */
export async function putTapSettings(tenant: string, tap: string, body: Settings): Promise<void> {
  await send(
    "Settings not saved",
    client.PUT("/api/v1/tenants/{tenant}/taps/{tap}/settings", {
      body,
      params: { path: { tenant, tap }, header: changing },
    }),
  );
}

/** PUT /tenants/{tenant}/sites/{site}/settings: replaces what is set for all taps of a site. */
export async function putSiteSettings(tenant: string, site: string, body: Settings): Promise<void> {
  await send(
    "Settings not saved",
    client.PUT("/api/v1/tenants/{tenant}/sites/{site}/settings", {
      body,
      params: { path: { tenant, site }, header: changing },
    }),
  );
}

/** POST /tenants/{tenant}/taps/{tap}/locks. */
export async function lockChannel(tenant: string, tap: string, body: NewChannelLock): Promise<ChannelLock> {
  return read(
    "Channel not locked",
    client.POST("/api/v1/tenants/{tenant}/taps/{tap}/locks", {
      body,
      params: { path: { tenant, tap }, header: changing },
    }),
  );
}

/** DELETE /tenants/{tenant}/taps/{tap}/locks/{lock}. */
export async function unlockChannel(tenant: string, tap: string, lock: string): Promise<void> {
  await send(
    "Lock not removed",
    client.DELETE("/api/v1/tenants/{tenant}/taps/{tap}/locks/{lock}", {
      params: { path: { tenant, tap, lock }, header: changing },
    }),
  );
}
