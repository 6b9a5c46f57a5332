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
  stack?: boolean; // on a small screen a row is a block, each value behind its name
}

/** A short table within a panel. */
export function SimpleTable<T>({ label, rows, columns, rowKey, none, dense = false, stack = false }: Props<T>) {
  const [ref, scrolls] = useScrolls();
  if (rows.length === 0) return <p className={css["none"]}>{none}</p>;
  const look = (c: SimpleColumn<T>): string => `${c.right ? (css["right"] ?? "") : ""} ${c.wrap ? (css["wrapped"] ?? "") : ""}`;
  const classes = [css["table"], dense && css["dense"], stack && css["stack"]].filter(Boolean).join(" ");
  // The roles are said because a stacked table is laid out as blocks, which takes them away.
  return (
    <div className={css["wrap"]} ref={ref} {...(scrolls ? { tabIndex: 0, role: "group", "aria-label": label } : {})}>
      <table className={classes} role="table">
        <caption>{label}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((c) => (
              <th key={c.header} scope="col" role="columnheader" className={look(c)}>
                {c.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row, i) => (
            <tr role="row" key={rowKey(row, i)}>
              {columns.map((c) => (
                <td key={c.header} role="cell" data-label={c.header} className={look(c)}>
                  {stack ? <Stacked>{c.cell(row)}</Stacked> : c.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A value beside its name. Nothing where there is none, so that the whole line goes. */
function Stacked({ children }: { children: ReactNode }) {
  return children === "" || children === null ? null : <div>{children}</div>;
}
