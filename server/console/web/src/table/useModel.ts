import {
  createColumnHelper,
  createExpandedRowModel,
  createSortedRowModel,
  rowExpandingFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type RowData,
} from "@tanstack/react-table";
import { useMemo } from "react";
import { compare, type Column } from "./column";

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  rowExpandingFeature,
  expandedRowModel: createExpandedRowModel(),
});

/** A row as the table shows it. */
export interface ShownRow<T> {
  key: string;
  row: T;
  depth: number;
  parent: string | null;
  expandable: boolean;
  expanded: boolean;
}

interface Options<T> {
  rows: readonly T[];
  columns: readonly Column<T>[];
  rowKey: (row: T) => string;
  childrenOf: ((row: T) => T[] | undefined) | undefined;
  sort: { id: string; descending: boolean };
  expanded: ReadonlySet<string>;
}

/** Sorts, and opens groups in place: TanStack Table without its rendering. */
export function useModel<T extends RowData>({ rows, columns, rowKey, childrenOf, sort, expanded }: Options<T>): ShownRow<T>[] {
  const defs = useMemo(() => {
    const helper = createColumnHelper<typeof features, T>();
    return helper.columns(
      columns.map((column) =>
        helper.accessor((row): unknown => column.sort?.(row) ?? undefined, {
          id: column.id,
          enableSorting: column.sort !== undefined,
          sortUndefined: "last",
          sortFn: (a, b) => compare(column.sort?.(a.original) ?? "", column.sort?.(b.original) ?? ""),
        }),
      ),
    );
  }, [columns]);
  const state = useMemo(
    () => ({
      sorting: [{ id: sort.id, desc: sort.descending }],
      expanded: Object.fromEntries([...expanded].map((key) => [key, true])),
    }),
    [sort.id, sort.descending, expanded],
  );
  const table = useTable({
    features,
    columns: defs,
    data: rows,
    state,
    getRowId: rowKey,
    ...(childrenOf ? { getSubRows: childrenOf } : {}),
  });
  return table.getRowModel().rows.map((row) => ({
    key: row.id,
    row: row.original,
    depth: row.depth,
    parent: row.getParentRow()?.id ?? null,
    expandable: row.subRows.length > 0,
    expanded: row.getIsExpanded(),
  }));
}
