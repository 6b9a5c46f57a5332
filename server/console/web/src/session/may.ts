import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "../api/session";
import type { Session } from "../api/types";
import { useTenant } from "../url/useView";

type Area = "places" | "taps" | "enrolment" | "air" | "wire" | "people" | "audit" | "settings" | "health" | "cluster" | "tenants";

/** What an operation of the API asks for: the words of the document's x-permission. */
export type Permission = `${"read" | "change"}:${Area}` | "change:organisations";

/** Where something is allowed: in a tenant, in an organisation by its id, or in the whole installation. */
export type Where = { tenant: string } | { organisation: string } | "installation";

/** Whether a session may do something there. The node asks again; this is so that nobody is offered what it refuses. */
export function allows(session: Session | undefined, where: Where, permission: Permission): boolean {
  if (session === undefined) return false;
  if (where === "installation") return session.permissions.includes(permission);
  const place =
    "tenant" in where
      ? session.tenants.find((t) => t.slug === where.tenant)
      : session.organisations.find((o) => o.id === where.organisation);
  return place !== undefined && !place.needsSecondFactor && place.permissions.includes(permission);
}

/** Asks what the signed-in person may do: in the tenant of the URL, or where it is said. */
export function useMay(): (permission: Permission, where?: Where) => boolean {
  const tenant = useTenant();
  const session = useQuery(sessionQuery).data;
  return (permission, where = { tenant }) => allows(session, where, permission);
}
