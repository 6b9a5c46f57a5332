import { queryOptions } from "@tanstack/react-query";
import { client, read } from "./client";
import type { Health } from "./types";

/** GET /tenants/{tenant}/health. Nodes measure every five seconds; a page need not be newer than ten. */
export const healthQuery = (tenant: string) =>
  queryOptions({
    queryKey: ["health", tenant],
    queryFn: ({ signal }): Promise<Health> => read("Health", client.GET("/api/v1/tenants/{tenant}/health", { params: { path: { tenant } }, signal })),
    refetchInterval: 10_000,
  });
