import { useMemo } from "react";
import { useNow } from "../live/live";
import { useSetView, useView } from "../url/useView";
import { parseQuery, printQuery, type Term } from "./language";
import { matches, type Field } from "./match";

export interface Filter<T> {
  fields: readonly Field<T>[];
  terms: Term[];
  all: readonly T[];
  matching: T[];
  setTerms: (terms: readonly Term[]) => void;
}

/** The rows that the query of the URL leaves. */
export function useFilter<T>(all: readonly T[], fields: readonly Field<T>[]): Filter<T> {
  const { q } = useView();
  const setView = useSetView();
  const now = useNow();
  const terms = useMemo(() => parseQuery(q ?? ""), [q]);
  const matching = useMemo(() => all.filter((row) => matches(row, terms, fields, now)), [all, terms, fields, now]);
  return {
    fields,
    terms,
    all,
    matching,
    setTerms: (next) => setView({ q: next.length === 0 ? undefined : printQuery(next), sel: undefined }),
  };
}
