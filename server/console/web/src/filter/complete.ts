import { parseTerm, printTerm, type Operator } from "./language";
import type { Field } from "./match";

/** One line of the completion list. */
export interface Suggestion {
  /** What the input becomes when the line is chosen. */
  text: string;
  /** Whether that is a whole term, to become a chip at once. */
  whole: boolean;
  label: string;
  hint: string;
  group: "Fields" | "Values" | "Operators";
  count: number | null; // rows of what is filtered that have this value
}

const MAX = 8;

/** What can follow the text of the input, given the rows that the other chips leave. */
export function complete<T>(text: string, fields: readonly Field<T>[], rows: readonly T[]): Suggestion[] {
  const term = parseTerm(text);
  const field = fields.find((f) => f.id === term.field);
  if (!field) return completeFields(text, fields);
  if (field.kind === "number" || field.kind === "age") return completeNumber(field, term.op, term.values[0] ?? "");
  const typed = (term.values.at(-1) ?? "").toLowerCase();
  const counted = countValues(rows, field.of).filter(([value]) => value.toLowerCase().includes(typed));
  const values = counted.slice(0, MAX).map(([value, count]): Suggestion => ({
    text: printTerm({ field: field.id, op: term.op, values: [value] }),
    whole: true,
    label: value,
    hint: "",
    group: "Values",
    count,
  }));
  return [
    ...values,
    ...operators(field.id, term.op, [
      [":", "is"],
      ["!=", "is not"],
    ]),
  ];
}

function completeFields<T>(text: string, fields: readonly Field<T>[]): Suggestion[] {
  const low = text.toLowerCase();
  return fields
    .filter((f) => f.id.toLowerCase().startsWith(low))
    .map((f): Suggestion => ({
      text: f.id + (f.kind === "number" ? ">=" : f.kind === "age" ? "<" : ":"),
      whole: false,
      label: f.id,
      hint: f.hint,
      group: "Fields",
      count: null,
    }));
}

function completeNumber<T>(field: Field<T>, op: Operator, typed: string): Suggestion[] {
  if (field.kind === "age") {
    const spans = ["5m", "1h", "24h", "7d"].filter((s) => s.startsWith(typed));
    return spans.map((s): Suggestion => ({
      text: `${field.id}${op}${s}`,
      whole: true,
      label: s.replace("m", " min").replace(/([hd])$/, " $1"),
      hint: op === "<" || op === "<=" || op === ":" ? "within" : "longer than",
      group: "Values",
      count: null,
    }));
  }
  return operators(
    field.id,
    op,
    [
      [">=", "at least"],
      ["<=", "at most"],
      [":", "is"],
      ["!=", "is not"],
    ],
    typed,
  );
}

function operators(id: string, current: Operator, all: readonly [Operator, string][], value = ""): Suggestion[] {
  return all
    .filter(([op]) => op !== current)
    .map(([op, hint]): Suggestion => ({
      text: `${id}${op}${value}`,
      whole: false,
      label: `${id}${op}`,
      hint,
      group: "Operators",
      count: null,
    }));
}

/** How many rows have each value, most frequent first, then by name. */
export function countValues<T>(rows: readonly T[], of: (row: T) => readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const row of rows) for (const value of new Set(of(row))) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].filter(([v]) => v !== "").sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
}
