import { queryOptions } from "@tanstack/react-query";
import { changing, client, read, send } from "./client";
import type { components } from "./schema";

type Schema = components["schemas"];
export type Provider = Schema["Provider"];
export type ProviderSettings = Schema["ProviderSettings"];
export type ProviderRole = Schema["ProviderGroup"]["role"];

/** For whom a provider signs people in: for an organisation by its id, or for the installation. */
export type ProviderScope = { organisation: string } | "installation";

const header = changing;
const own = "/api/v1/organisations/{organisation}/providers";
const all = "/api/v1/providers";

/** GET …/providers: without their secrets. */
export const providersOfQuery = (scope: ProviderScope) =>
  queryOptions({
    queryKey: ["providers", scope],
    queryFn: ({ signal }) => {
      const what = "Providers";
      return scope === "installation" ? read(what, client.GET(all, { signal })) : read(what, client.GET(own, { params: { path: scope }, signal }));
    },
  });

/** POST or PUT …/providers: makes one, or with an id changes it. An empty secret stays as it is. */
export function keepProvider(scope: ProviderScope, id: string | undefined, body: ProviderSettings): Promise<Provider> {
  const what = "Keep the provider";
  if (scope === "installation") {
    return id === undefined
      ? read(what, client.POST(all, { body, params: { header } }))
      : read(what, client.PUT(`${all}/{id}`, { body, params: { path: { id }, header } }));
  }
  return id === undefined
    ? read(what, client.POST(own, { body, params: { path: scope, header } }))
    : read(what, client.PUT(`${own}/{id}`, { body, params: { path: { ...scope, id }, header } }));
}

/** DELETE …/providers/{id}. */
export const removeProvider = (scope: ProviderScope, id: string) => {
  const what = "Remove the provider";
  return scope === "installation"
    ? send(what, client.DELETE(`${all}/{id}`, { params: { path: { id }, header } }))
    : send(what, client.DELETE(`${own}/{id}`, { params: { path: { ...scope, id }, header } }));
};
