import type { RoleName } from "../api/people";

/** The roles that a member of a tenant can have, strongest first. */
export const tenantRoles = ["tenant-admin", "operator", "analyst", "viewer"] as const satisfies readonly RoleName[];

/** Which role of a tenant a choice names; the weakest where it names none. */
export function roleOf(text: string): (typeof tenantRoles)[number] {
  return tenantRoles.find((r) => r === text) ?? "viewer";
}

/** What roles are called by people. One of a newer release has the name it gives itself. */
export function roleName(role: string): string {
  return names[role] ?? role;
}

const names: Record<string, string> = {
  admin: "Administrator",
  "organisation-admin": "Organisation administrator",
  "tenant-admin": "Tenant administrator",
  operator: "Operator",
  analyst: "Analyst",
  viewer: "Viewer",
  member: "Member",
};

/** The areas of permissions with a verb: "read:taps" is taps, of the verb read. */
export function areas(permissions: readonly string[], verb: "read" | "change"): string {
  return permissions
    .filter((p) => p.startsWith(`${verb}:`))
    .map((p) => p.slice(verb.length + 1))
    .join(", ");
}

/** A set of permissions in words: "read taps and air; change taps". */
export function permissionText(permissions: readonly string[]): string {
  return (["read", "change"] as const)
    .map((verb) => [verb, areas(permissions, verb)] as const)
    .filter(([, list]) => list !== "")
    .map(([verb, list]) => `${verb} ${list}`)
    .join("; ");
}
