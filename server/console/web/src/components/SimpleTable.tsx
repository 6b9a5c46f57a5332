import type { ReactNode } from "react";
import css from "./SimpleTable.module.css";
import { useScrolls } from "./useScrolls";

export interface SimpleColumn<T> {
  header: string;
  cell: (row: T) => ReactNode;
  right?: boolean;
  wrap?: boolean;
}

interface Props<T> {
  label: string;
  rows: readonly T[];
  columns: readonly SimpleColumn<T>[];
  rowKey: (row: T, index: number) => string;
  none: string; // said in place of an empty table
  dense?: boolean;
}

/** A short table within a panel. */
export function SimpleTable<T>({ label, rows, columns, rowKey, none, dense = false }: Props<T>) {
  const [ref, scrolls] = useScrolls();
  if (rows.length === 0) return <p className={css["none"]}>{none}</p>;
  const look = (c: SimpleColumn<T>): string => `${c.right ? (css["right"] ?? "") : ""} ${c.wrap ? (css["wrapped"] ?? "") : ""}`;
  return (
    <div className={css["wrap"]} ref={ref} {...(scrolls ? { tabIndex: 0, role: "group", "aria-label": label } : {})}>
      <table className={`${css["table"] ?? ""} ${dense ? (css["dense"] ?? "") : ""}`}>
        <caption>{label}</caption>
        <thead>
          <tr>
            {columns.map((c) => (
              <th key={c.header} scope="col" className={look(c)}>
                {c.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={rowKey(row, i)}>
              {columns.map((c) => (
                <td key={c.header} className={look(c)}>
                  {c.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
