import type { ReactNode } from "react";
import { useSetView } from "../url/useView";
import type { Tone } from "./Badge";
import css from "./EntityHeader.module.css";
import { useTitle } from "./PageHeader";

export interface Fact {
  label: string;
  value: ReactNode;
}

export interface Tab {
  id: string;
  label: string;
  count?: number;
}

interface Props {
  tone: Tone;
  icon: ReactNode;
  name: ReactNode; // the heading
  title: string; // of the browser's tab
  badges?: ReactNode;
  sentence: ReactNode;
  facts: Fact[];
  tabs?: Tab[];
  tab?: string;
}

/** The header that every entity has: tile coloured by state, name, badges, a sentence of context, facts, tabs. */
export function EntityHeader({ tone, icon, name, title, badges, sentence, facts, tabs, tab }: Props) {
  const setView = useSetView();
  useTitle(title);
  return (
    <section className={css["header"]} aria-label="Summary">
      <div className={css["top"]}>
        <span className={`${css["tile"] ?? ""} ${css[tone] ?? ""}`} aria-hidden="true">
          {icon}
        </span>
        <div>
          <div className={css["name"]}>
            <h1>{name}</h1>
            {badges}
          </div>
          <div className={css["sentence"]}>{sentence}</div>
        </div>
      </div>
      <dl className={css["facts"]}>
        {facts.map((fact) => (
          <div key={fact.label}>
            <dt>{fact.label}</dt>
            <dd>{fact.value}</dd>
          </div>
        ))}
      </dl>
      {tabs && (
        <div className={css["tabs"]} role="tablist" aria-label="Parts of this page">
          {tabs.map((t) => (
            <button
              key={t.id}
              type="button"
              role="tab"
              id={`tab-${t.id}`}
              aria-selected={t.id === tab}
              className={`${css["tab"] ?? ""} ${t.id === tab ? (css["on"] ?? "") : ""}`}
              onClick={() => setView({ tab: t.id === tabs[0]?.id ? undefined : t.id })}
            >
              {t.label} {t.count !== undefined && <span>{t.count}</span>}
            </button>
          ))}
        </div>
      )}
    </section>
  );
}
