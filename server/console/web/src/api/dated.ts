// The API writes times as text, under names that say so. Here they become Dates,
// once, for every answer.

type TimeKey = "at" | "asOf" | "from" | "to" | "since" | "notBefore" | "notAfter" | `${string}At`;

type AsDate<T> = T extends string ? Date : T extends readonly string[] ? Date[] : T;

/** T with every time as a Date. */
export type Dated<T> = T extends readonly (infer E)[]
  ? Dated<E>[]
  : T extends object
    ? { [K in keyof T]: K extends TimeKey ? AsDate<T[K]> : Dated<T[K]> }
    : T;

function isTimeKey(key: string): boolean {
  return /^(at|asOf|from|to|since|notBefore|notAfter)$|[a-z]At$/.test(key);
}

/** What an entry of the audit log holds of an object has names of its own, which are not the API's. */
function isForeign(key: string): boolean {
  return key === "before" || key === "after";
}

function convert(key: string, value: unknown): unknown {
  if (isForeign(key)) return value;
  return isTimeKey(key) ? asDate(value) : dated(value);
}

function asDate(value: unknown): unknown {
  if (typeof value === "string") return new Date(value);
  return Array.isArray(value) ? value.map(asDate) : value;
}

/** Converts every time of an answer. */
export function dated<T>(value: T): Dated<T>;
export function dated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((v: unknown) => dated(v));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, v]: [string, unknown]) => [key, convert(key, v)]));
}
