import { useHotkeys } from "@mantine/hooks";
import { IconFilter } from "@tabler/icons-react";
import { useMemo, useRef, useState, type KeyboardEvent } from "react";
import { Kbd } from "../components/text";
import { formatCount } from "../format/number";
import { Chip } from "./Chip";
import { complete } from "./complete";
import css from "./FilterBar.module.css";
import { parseQuery, parseTerm, printTerm } from "./language";
import { Suggestions } from "./Suggestions";
import type { Filter } from "./useFilter";

/** Typed filters: chips and text are the same query, which is the URL's. "/" focuses. */
export function FilterBar<T>({ filter, hint }: { filter: Filter<T>; hint: string }) {
  const { fields, terms, all, matching, setTerms } = filter;
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  useHotkeys([["/", () => input.current?.focus()]]);
  const suggestions = useMemo(() => (open ? complete(text, fields, matching) : []), [open, text, fields, matching]);

  const type = (next: string): void => {
    setText(next);
    setChosen(-1);
    setOpen(true);
  };
  const commit = (query: string): void => {
    const added = parseQuery(query).filter((t) => t.values.length > 0);
    if (added.length === 0) return;
    setTerms([...terms, ...added]);
    type("");
  };
  const accept = (index: number): void => {
    const suggestion = suggestions[index];
    if (!suggestion) return;
    if (suggestion.whole) commit(suggestion.text);
    else type(suggestion.text);
    input.current?.focus();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      setChosen((n) => Math.max(-1, Math.min(suggestions.length - 1, n + step)));
    } else if (event.key === "Tab" && !event.shiftKey && open && text !== "" && suggestions.length > 0) {
      event.preventDefault();
      accept(Math.max(0, chosen));
    } else if (event.key === "Enter") {
      if (chosen >= 0) accept(chosen);
      else commit(text);
    } else if (event.key === "Escape") {
      if (open && text !== "") setOpen(false);
      else input.current?.blur();
    } else if (event.key === "Backspace" && text === "") {
      const last = terms.at(-1);
      if (last) {
        event.preventDefault();
        setTerms(terms.slice(0, -1));
        type(printTerm(last));
      }
    }
  };
  const term = parseTerm(text);
  const showing = open && suggestions.length > 0;
  return (
    <div className={css["bar"]} role="search" aria-label="Filter">
      <IconFilter size={16} stroke={1.75} className={css["lead"]} aria-hidden="true" />
      {terms.map((t, i) => (
        <Chip key={`${String(i)} ${printTerm(t)}`} term={t} fields={fields} remove={() => setTerms(terms.filter((_, n) => n !== i))} />
      ))}
      <div className={css["where"]}>
        <input
          ref={input}
          className={css["input"]}
          role="combobox"
          aria-label="Filter by field, operator and value"
          aria-expanded={showing}
          aria-controls="filter-list"
          aria-autocomplete="list"
          aria-activedescendant={chosen >= 0 ? `filter-${String(chosen)}` : undefined}
          placeholder={hint}
          value={text}
          onChange={(e) => type(e.target.value)}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={onKey}
          spellCheck={false}
          autoComplete="off"
        />
        {showing && <Suggestions field={term.field} list={suggestions} chosen={chosen} accept={accept} point={setChosen} />}
      </div>
      <span className={css["count"]} role="status">
        {all.length === 0
          ? ""
          : terms.length === 0
            ? `${formatCount(all.length)} in all`
            : `${formatCount(matching.length)} of ${formatCount(all.length)} match`}
      </span>
      <span className={css["slash"]}>
        <Kbd>/</Kbd>
      </span>
    </div>
  );
}
