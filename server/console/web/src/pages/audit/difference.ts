/** One field that a change made different; undefined: it was, or is, not there. */
export interface Difference {
  field: string;
  before: string | undefined;
  after: string | undefined;
}

function fields(value: unknown, prefix: string, into: Map<string, string>): void {
  if (value === null || value === undefined) return;
  if (typeof value === "object" && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) fields(inner, prefix === "" ? key : `${prefix}.${key}`, into);
    return;
  }
  into.set(prefix, typeof value === "string" ? value : JSON.stringify(value));
}

/** What differs between two states of an object, by field; what stayed is left out. */
export function differences(before: unknown, after: unknown): Difference[] {
  const [was, is] = [new Map<string, string>(), new Map<string, string>()];
  fields(before, "", was);
  fields(after, "", is);
  return [...new Set([...was.keys(), ...is.keys()])]
    .sort()
    .map((field) => ({ field, before: was.get(field), after: is.get(field) }))
    .filter((d) => d.before !== d.after);
}

/** The moment of a field such as "2026-11-23T01:09:56.740459Z"; null: it is none. */
export function parseMoment(text: string): Date | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? null : at;
}
