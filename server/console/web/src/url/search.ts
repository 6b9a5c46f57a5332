import { z } from "./zod";
import { defaultRange, parseTime, type Range } from "./range";

// A part of a URL that cannot be read is left out, not an error: a link from a
// newer or older console still opens.
const optional = (shape: z.ZodString) => shape.optional().catch(undefined);
const moment = z
  .string()
  .max(40)
  .refine((text) => parseTime(text, 0) !== null)
  .optional()
  .catch(undefined);

/** What every page's URL may hold. */
export const viewSearch = z.object({
  site: optional(z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/)),
  from: moment,
  to: moment,
  q: optional(z.string().max(2000)),
  sort: optional(z.string().regex(/^-?[a-zA-Z]{1,40}$/)),
  sel: optional(z.string().max(200)),
  tab: optional(z.string().regex(/^[a-z-]{1,40}$/)),
  as: z.literal("table").optional().catch(undefined),
});

export type ViewSearch = z.infer<typeof viewSearch>;

/** The time range of a URL. */
export function rangeOf(search: ViewSearch): Range {
  return { from: search.from ?? defaultRange.from, to: search.to ?? defaultRange.to };
}

/** Reads a query string; a value is always text, whatever it looks like. */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

/** Writes a query string that a person can read: ":" "," and the like stay themselves. */
export function stringifySearch(search: Record<string, unknown>): string {
  const parts = Object.entries(search)
    .filter((entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "")
    .map(([key, value]) => `${encodeURIComponent(key)}=${readable(value)}`);
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

function readable(value: string): string {
  return encodeURIComponent(value)
    .replaceAll(/%(3A|2C|3C|3D|3E|7E|21|2F)/g, (escape) => decodeURIComponent(escape))
    .replaceAll("%20", "+");
}

/** The column and direction of "sort=-signal". */
export function parseSort(text: string | undefined, fallback: string): { id: string; descending: boolean } {
  const sort = text ?? fallback;
  return sort.startsWith("-") ? { id: sort.slice(1), descending: true } : { id: sort, descending: false };
}
