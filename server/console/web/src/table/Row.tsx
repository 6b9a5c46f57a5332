import { IconChevronRight } from "@tabler/icons-react";
import type { CSSProperties, ReactNode } from "react";
import type { Column } from "./column";
import css from "./DataTable.module.css";
import type { ShownRow } from "./useModel";

interface Props<T> {
  id: string;
  shown: ShownRow<T>;
  index: number;
  tree: boolean;
  selected: boolean;
  columns: readonly Column<T>[];
  card: ((row: T) => ReactNode) | null;
  style: CSSProperties;
  select: () => void;
  toggle: () => void;
  open: () => void;
}

/** One row, as cells or as a card. */
export function Row<T>({ id, shown, index, tree, selected, columns, card, style, select, toggle, open }: Props<T>) {
  const { row, depth, expandable, expanded } = shown;
  const className = [css["row"], depth > 0 && css["child"], selected && css["selected"], card && css["card"]].filter(Boolean).join(" ");
  const lead = tree && (
    <>
      {depth > 0 && <span className={css["indent"]} />}
      {expandable ? (
        <button
          type="button"
          tabIndex={-1}
          className={css["chevron"]}
          aria-expanded={expanded}
          aria-label={expanded ? "Close group" : "Open group"}
          onClick={(event) => {
            event.stopPropagation();
            toggle();
          }}
        >
          <IconChevronRight size={14} stroke={1.75} aria-hidden="true" />
        </button>
      ) : (
        depth === 0 && <span className={css["indent"]} />
      )}
    </>
  );
  return (
    <div
      id={id}
      className={className}
      style={style}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      {...(tree ? { "aria-level": depth + 1 } : {})}
      {...(expandable ? { "aria-expanded": expanded } : {})}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest("a, button")) return;
        if (card && !expandable) open();
        else if (expandable) toggle();
        else select();
      }}
      onDoubleClick={expandable ? undefined : open}
    >
      {card ? (
        <div role="gridcell" className={css["lead"]}>
          {lead}
          {card(row)}
        </div>
      ) : (
        columns.map((column, i) => (
          <div key={column.id} role="gridcell" className={`${css["td"] ?? ""} ${column.right ? (css["right"] ?? "") : ""}`}>
            {i === 0 ? (
              <span className={css["lead"]}>
                {lead}
                {column.cell(row)}
              </span>
            ) : (
              column.cell(row)
            )}
          </div>
        ))
      )}
    </div>
  );
}
