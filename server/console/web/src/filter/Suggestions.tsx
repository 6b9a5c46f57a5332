import { Fragment } from "react";
import { Kbd, Stranger } from "../components/text";
import { formatCount } from "../format/number";
import type { Suggestion } from "./complete";
import css from "./FilterBar.module.css";

interface Props {
  field: string;
  list: readonly Suggestion[];
  chosen: number;
  accept: (index: number) => void;
  point: (index: number) => void;
}

/** What can follow, with how many rows of what is filtered have it. */
export function Suggestions({ field, list, chosen, accept, point }: Props) {
  return (
    // The pointer must not take the focus from the input.
    <div className={css["pop"]} onPointerDown={(event) => event.preventDefault()}>
      <div id="filter-list" role="listbox" aria-label="Completions">
        {list.map((it, i) => (
          <Fragment key={it.text + it.group}>
            {it.group !== list[i - 1]?.group && (
              <div className={css["group"]} role="presentation">
                {it.group === "Values" && field !== "" ? `Values of ${field}, in what is filtered` : it.group}
              </div>
            )}
            <div
              id={`filter-${String(i)}`}
              role="option"
              aria-selected={i === chosen}
              className={css["item"]}
              onClick={() => accept(i)}
              onPointerMove={() => point(i)}
            >
              <span className={`${css["label"] ?? ""} ${it.group === "Operators" ? (css["code"] ?? "") : ""}`}>
                <Stranger text={it.label} />
              </span>
              <span className={css["hint"]}>{it.hint}</span>
              {it.count !== null && <span className={css["n"]}>{formatCount(it.count)}</span>}
            </div>
          </Fragment>
        ))}
      </div>
      <div className={css["keys"]} aria-hidden="true">
        <Kbd>↑</Kbd>
        <Kbd>↓</Kbd> choose <Kbd>Tab</Kbd> accept <Kbd>Esc</Kbd> leave
      </div>
    </div>
  );
}
