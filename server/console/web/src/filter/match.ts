import type { Term } from "./language";

interface FieldOf<K extends string, T, V> {
  id: string;
  /** What it is, in the completion list. */
  hint: string;
  kind: K;
  of: (row: T) => V;
}

/** A part of a row that can be filtered by. */
export type Field<T> =
  | FieldOf<"text", T, readonly string[]>
  | FieldOf<"choice", T, readonly string[]>
  | (FieldOf<"number", T, number | null> & { unit: string })
  | FieldOf<"age", T, Date>;

const spans: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** "15m" in milliseconds; NaN when it is no span. */
export function parseSpan(text: string): number {
  const match = /^(\d+)\s*([smhd])/.exec(text);
  return match ? Number(match[1]) * (spans[match[2] ?? ""] ?? NaN) : NaN;
}

/** A number as people write it: U+2212 and a unit behind are understood. */
export function parseNumber(text: string): number {
  return Number.parseFloat(text.replace("\u2212", "-"));
}

/** Whether a row satisfies every term. A term of an unknown field satisfies nothing, so that a mistake shows. */
export function matches<T>(row: T, terms: readonly Term[], fields: readonly Field<T>[], now: Date): boolean {
  return terms.every((term) => {
    if (term.values.length === 0) return true;
    if (term.field === "") return term.values.some((v) => anyText(row, v, fields));
    const field = fields.find((f) => f.id === term.field);
    return field !== undefined && matchesField(row, term, field, now);
  });
}

function anyText<T>(row: T, wanted: string, fields: readonly Field<T>[]): boolean {
  const low = wanted.toLowerCase();
  return fields.some((f) => (f.kind === "text" || f.kind === "choice") && f.of(row).some((v) => v.toLowerCase().includes(low)));
}

function matchesField<T>(row: T, term: Term, field: Field<T>, now: Date): boolean {
  switch (field.kind) {
    case "number": {
      const value = field.of(row);
      return value !== null && compare(value, term, parseNumber);
    }
    case "age":
      return compare(now.getTime() - field.of(row).getTime(), term.op === ":" ? { ...term, op: "<=" } : term, parseSpan);
    case "text":
    case "choice": {
      const values = field.of(row).map((v) => v.toLowerCase());
      const hit = term.values.some((wanted) => {
        const low = wanted.toLowerCase();
        return values.some((v) => (field.kind === "choice" ? v === low : v.includes(low)));
      });
      return term.op === "!=" ? !hit : hit;
    }
  }
}

function compare(value: number, term: Term, parse: (text: string) => number): boolean {
  const against = term.values.map(parse);
  switch (term.op) {
    case ":":
      return against.includes(value);
    case "!=":
      return !against.includes(value);
    case ">=":
      return against.some((a) => value >= a);
    case "<=":
      return against.some((a) => value <= a);
    case ">":
      return against.some((a) => value > a);
    case "<":
      return against.some((a) => value < a);
  }
}
