import { queryOptions } from "@tanstack/react-query";
import { client, range, read } from "./client";
import type { Client, ClientDetail, List, Scope } from "./types";

/** GET /tenants/{tenant}/clients. */
export const clientsQuery = (scope: Scope) =>
  queryOptions({
    queryKey: ["clients", scope],
    queryFn: ({ signal }): Promise<List<Client>> =>
      read(
        "Clients",
        client.GET("/api/v1/tenants/{tenant}/clients", { params: { path: { tenant: scope.tenant }, query: range(scope) }, signal }),
      ),
  });

/** GET /tenants/{tenant}/clients/{mac}. */
export const clientQuery = (scope: Scope, mac: string) =>
  queryOptions({
    queryKey: ["clients", scope, mac],
    queryFn: ({ signal }): Promise<ClientDetail> =>
      read(
        "This client",
        client.GET("/api/v1/tenants/{tenant}/clients/{mac}", {
          params: { path: { tenant: scope.tenant, mac }, query: range(scope) },
          signal,
        }),
      ),
  });
