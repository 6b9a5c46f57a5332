import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import type { CSSProperties } from "react";
import type { Column } from "./column";
import css from "./DataTable.module.css";

interface Props<T> {
  columns: readonly Column<T>[];
  sort: { id: string; descending: boolean };
  tracks: CSSProperties;
  setSort: (id: string) => void;
}

/** The heads of the columns; one that sorts is a button. */
export function Head<T>({ columns, sort, tracks, setSort }: Props<T>) {
  return (
    <div role="rowgroup" style={{ display: "contents" }}>
      <div className={css["head"]} style={tracks} role="row" aria-rowindex={1}>
        {columns.map((column) => {
          const on = column.id === sort.id;
          const Arrow = sort.descending ? IconArrowDown : IconArrowUp;
          return (
            <div
              key={column.id}
              role="columnheader"
              className={`${css["th"] ?? ""} ${column.right ? (css["right"] ?? "") : ""}`}
              aria-sort={on ? (sort.descending ? "descending" : "ascending") : undefined}
            >
              {column.sort ? (
                <button type="button" onClick={() => setSort(column.id)}>
                  {column.header}
                  {on && <Arrow size={12} stroke={2} aria-hidden="true" />}
                </button>
              ) : (
                column.header
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
