import { queryOptions } from "@tanstack/react-query";
import { changing, client, read, send } from "./client";
import type { Adoption, PendingBox, PendingBoxes } from "./types";

/** GET /tenants/{tenant}/pending-boxes: those that came with a token for several, looked for again while the page is open. */
export const boxesQuery = (tenant: string) =>
  queryOptions({
    queryKey: ["boxes", tenant],
    refetchInterval: 10_000,
    queryFn: ({ signal }): Promise<PendingBoxes> =>
      read("Boxes that wait", client.GET("/api/v1/tenants/{tenant}/pending-boxes", { params: { path: { tenant } }, signal })),
  });

const header = changing;

/** POST /tenants/{tenant}/pending-boxes/search: the box that shows a whole code. */
export async function findBox(tenant: string, code: string): Promise<PendingBox> {
  return read(
    "Find the box",
    client.POST("/api/v1/tenants/{tenant}/pending-boxes/search", { body: { code }, params: { path: { tenant }, header } }),
  );
}

/** POST /tenants/{tenant}/pending-boxes/adoption: lets a box in and returns its tap. */
export async function adoptBox(tenant: string, body: Adoption): Promise<{ tapId: string }> {
  return read("Adopt the box", client.POST("/api/v1/tenants/{tenant}/pending-boxes/adoption", { body, params: { path: { tenant }, header } }));
}

/** DELETE /tenants/{tenant}/pending-boxes/{code}. */
export async function rejectBox(tenant: string, code: string): Promise<void> {
  await send("Reject the box", client.DELETE("/api/v1/tenants/{tenant}/pending-boxes/{code}", { params: { path: { tenant, code }, header } }));
}
