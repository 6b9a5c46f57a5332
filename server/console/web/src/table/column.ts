import type { ReactNode } from "react";

/** A column of a DataTable. */
export interface Column<T> {
  id: string;
  header: string;
  width: string; // a track of CSS grid
  right?: boolean; // numbers
  /** What it sorts by; null sorts last either way. A column without it does not sort. */
  sort?: (row: T) => number | string | null;
  cell: (row: T) => ReactNode;
  /** The table's width in pixels from which the column is shown. */
  from?: number;
}

/** Ascending; text by locale with numbers in it as numbers. */
export function compare(a: number | string, b: number | string): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return collator.compare(String(a), String(b));
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
