import { client, range, read } from "./client";
import { reading } from "./reading";
import type { Client, ClientDetail, List, Scope } from "./types";

/** GET /tenants/{tenant}/clients. */
export const clientsQuery = (scope: Scope) =>
  reading<List<Client>>(["clients", scope], (signal) =>
    read(
      "Clients",
      client.GET("/api/v1/tenants/{tenant}/clients", { params: { path: { tenant: scope.tenant }, query: range(scope) }, signal }),
    ),
  );

/** GET /tenants/{tenant}/clients/{mac}. */
export const clientQuery = (scope: Scope, mac: string) =>
  reading<ClientDetail>(["clients", scope, mac], (signal) =>
    read(
      "This client",
      client.GET("/api/v1/tenants/{tenant}/clients/{mac}", {
        params: { path: { tenant: scope.tenant, mac }, query: range(scope) },
        signal,
      }),
    ),
  );
