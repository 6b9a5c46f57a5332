import { useElementSize, useMediaQuery } from "@mantine/hooks";
import type { RowData } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { Button } from "../components/Button";
import { Kbd } from "../components/text";
import { plural } from "../format/number";
import { parseSort } from "../url/search";
import { useSetView, useView } from "../url/useView";
import type { Column } from "./column";
import css from "./DataTable.module.css";
import { Head } from "./Head";
import { Row } from "./Row";
import { useModel } from "./useModel";
import { useHeld } from "./useHeld";
import { useKeys } from "./useKeys";

export interface DataTableProps<T extends RowData> {
  label: string;
  rows: readonly T[];
  columns: readonly Column<T>[];
  rowKey: (row: T) => string;
  childrenOf?: (row: T) => T[] | undefined;
  defaultSort: string; // "-lastHeard"
  open: (row: T) => void;
  card: (row: T) => ReactNode; // two lines, below 768 px
  footer: ReactNode;
  empty: ReactNode;
}

const ROW = 36;
const CARD = 58;

/** Rows that scroll without end, sort by the URL, open in place, follow the keys, and never jump while in use. */
export function DataTable<T extends RowData>(props: DataTableProps<T>) {
  const { rows, rowKey, childrenOf, defaultSort, open } = props;
  const view = useView();
  const setView = useSetView();
  const cards = useMediaQuery("(max-width: 767px)", false, { getInitialValueInEffect: false });
  const { ref: sizer, width } = useElementSize();
  const scroll = useRef<HTMLDivElement>(null);
  const sort = useMemo(() => parseSort(view.sort, defaultSort), [view.sort, defaultSort]);
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(() => new Set(groupOf(rows, view.sel, rowKey, childrenOf)));
  const columns = useMemo(() => props.columns.filter((c) => width === 0 || (c.from ?? 0) <= width), [props.columns, width]);
  const next = useModel({ rows, columns: props.columns, rowKey, childrenOf, sort, expanded });
  const { shown, withheld, release, holders } = useHeld(next, `${view.sort ?? ""} ${view.q ?? ""} ${[...expanded].join()}`);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => (cards ? CARD : ROW),
    getItemKey: (i) => shown[i]?.key ?? i,
    overscan: 12,
  });
  useEffect(() => virtual.measure(), [cards, virtual]);

  const toggle = (key: string, to?: boolean): void =>
    setExpanded((old) => {
      const set = new Set(old);
      if (to ?? !set.has(key)) set.add(key);
      else set.delete(key);
      return set;
    });
  const select = (key: string): void => {
    setView({ sel: key }, true);
    const index = shown.findIndex((r) => r.key === key);
    if (index >= 0) virtual.scrollToIndex(index);
  };
  const onKey = useKeys({ shown, selected: view.sel, select, toggle, open });
  const tracks = { gridTemplateColumns: columns.map((c) => c.width).join(" ") };

  if (rows.length === 0) return <div className={css["panel"]}>{props.empty}</div>;
  return (
    <div className={css["panel"]} ref={sizer} {...holders}>
      {withheld > 0 && (
        <Button look="primary" small className={css["fresh"] ?? ""} onClick={release}>
          {plural(withheld, "new", "new")}
        </Button>
      )}
      <div
        className={css["scroll"]}
        ref={scroll}
        role={childrenOf ? "treegrid" : "grid"}
        aria-label={props.label}
        aria-rowcount={shown.length + 1}
        aria-activedescendant={view.sel !== undefined && shown.some((r) => r.key === view.sel) ? rowId(view.sel) : undefined}
        tabIndex={0}
        onKeyDown={onKey}
      >
        {!cards && (
          <Head columns={columns} sort={sort} tracks={tracks} setSort={(id) => setView({ sort: nextSort(sort, id, defaultSort) })} />
        )}
        <div className={css["body"]} style={{ height: virtual.getTotalSize() }} role="rowgroup">
          {virtual.getVirtualItems().map((item) => {
            const row = shown[item.index];
            if (!row) return null;
            return (
              <Row
                key={row.key}
                id={rowId(row.key)}
                shown={row}
                index={item.index}
                tree={childrenOf !== undefined}
                selected={row.key === view.sel}
                columns={columns}
                card={cards ? props.card : null}
                style={{ ...(cards ? {} : tracks), height: item.size, transform: `translateY(${String(item.start)}px)` }}
                select={() => select(row.key)}
                toggle={() => toggle(row.key)}
                open={() => open(row.row)}
              />
            );
          })}
        </div>
      </div>
      <div className={css["foot"]}>
        {props.footer}
        <span className={css["keys"]}>
          <Kbd>J</Kbd> <Kbd>K</Kbd> move{" "}
          {childrenOf && (
            <>
              <Kbd>→</Kbd> open group{" "}
            </>
          )}
          <Kbd>Enter</Kbd> page
        </span>
      </div>
    </div>
  );
}

function rowId(key: string): string {
  return `row-${key}`;
}

/** The group that holds the selected row, which is open from the start. */
function groupOf<T>(
  rows: readonly T[],
  sel: string | undefined,
  key: (row: T) => string,
  of: ((row: T) => T[] | undefined) | undefined,
): string[] {
  if (sel === undefined || !of) return [];
  return rows.filter((r) => of(r)?.some((c) => key(c) === sel)).map(key);
}

/** Ascending, then descending; the default sort is left out of the URL. */
function nextSort(now: { id: string; descending: boolean }, id: string, fallback: string): string | undefined {
  const sort = now.id === id && !now.descending ? `-${id}` : id;
  return sort === fallback ? undefined : sort;
}
