import { useEffect, type ReactNode } from "react";
import css from "./PageHeader.module.css";

/** Title, one line of facts, actions. The title is the page's finding. */
export function PageHeader({ title, tab, facts, actions }: { title: string; tab?: string; facts?: ReactNode; actions?: ReactNode }) {
  useTitle(tab ?? title);
  return (
    <div className={css["header"]}>
      <h1>{title}</h1>
      {facts !== undefined && <span className={css["facts"]}>{facts}</span>}
      <span className={css["space"]} />
      {actions !== undefined && <div className={css["actions"]}>{actions}</div>}
    </div>
  );
}

/** Names the browser's tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Picket`;
  }, [title]);
}
