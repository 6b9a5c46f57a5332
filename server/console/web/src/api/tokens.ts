import { queryOptions } from "@tanstack/react-query";
import { changing, client, read, send } from "./client";
import type { CreatedEnrolmentToken, EnrolmentToken, List, NewEnrolmentToken } from "./types";

/** GET /tenants/{tenant}/enrolment-tokens: without their secrets. */
export const tokensQuery = (tenant: string) =>
  queryOptions({
    queryKey: ["tokens", tenant],
    queryFn: ({ signal }): Promise<List<EnrolmentToken>> =>
      read("Enrolment tokens", client.GET("/api/v1/tenants/{tenant}/enrolment-tokens", { params: { path: { tenant } }, signal })),
  });

/** POST /tenants/{tenant}/enrolment-tokens: the answer is the only one that holds the secret. */
export async function createToken(tenant: string, body: NewEnrolmentToken): Promise<CreatedEnrolmentToken> {
  return read(
    "Make an enrolment token",
    client.POST("/api/v1/tenants/{tenant}/enrolment-tokens", { body, params: { path: { tenant }, header: changing } }),
  );
}

/** DELETE /tenants/{tenant}/enrolment-tokens/{token}: who enrolled with it stays. */
export async function revokeToken(tenant: string, token: string): Promise<void> {
  await send(
    "End the token",
    client.DELETE("/api/v1/tenants/{tenant}/enrolment-tokens/{token}", { params: { path: { tenant, token }, header: changing } }),
  );
}
