import { infiniteQueryOptions } from "@tanstack/react-query";
import { client, read } from "./client";
import type { Dated } from "./dated";
import type { components } from "./schema";

export type AuditEntry = Dated<components["schemas"]["AuditEntry"]>;
type AuditPage = Dated<components["schemas"]["AuditPage"]>;

export interface AuditFilter {
  from: string; // such as -30d
  actor: string;
  verb: string;
  object: string;
}

/** Whose changes: of a tenant, of an organisation by its id, or of the installation. */
export type AuditScope = { tenant: string } | { organisation: string } | "installation";

/** GET …/audit, a page after the other, newest first. */
export const auditQuery = (scope: AuditScope, filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ["audit", scope, filter],
    queryFn: ({ signal, pageParam }): Promise<AuditPage> => {
      const query = { ...filter, page: pageParam };
      const what = "The audit log";
      if (scope === "installation") return read(what, client.GET("/api/v1/audit", { params: { query }, signal }));
      if ("tenant" in scope) return read(what, client.GET("/api/v1/tenants/{tenant}/audit", { params: { path: scope, query }, signal }));
      return read(what, client.GET("/api/v1/organisations/{organisation}/audit", { params: { path: scope, query }, signal }));
    },
    initialPageParam: "",
    getNextPageParam: (last) => (last.next === "" ? undefined : last.next),
  });
