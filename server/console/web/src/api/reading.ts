import { queryOptions } from "@tanstack/react-query";
import type { Scope } from "./types";

/** What a read is about: the registry, its limits, and what within it. */
export type ReadKey = readonly [what: string, scope: Scope, ...within: string[]];

/**
 * A read as TanStack Query wants it. While another time range or site of the same
 * thing is read, what was shown stays; never that of another thing or tenant.
 */
export function reading<T>(queryKey: ReadKey, read: (signal: AbortSignal) => Promise<T>) {
  return queryOptions({
    queryKey,
    queryFn: ({ signal }): Promise<T> => read(signal),
    placeholderData: (_, before) => (before && sameSubject(before.queryKey, queryKey) ? before.state.data : undefined),
  });
}

/** Whether two keys differ in time range and site at most. */
export function sameSubject([whatA, scopeA, ...withinA]: ReadKey, [whatB, scopeB, ...withinB]: ReadKey): boolean {
  return whatA === whatB && scopeA.tenant === scopeB.tenant && withinA.join("\n") === withinB.join("\n");
}
