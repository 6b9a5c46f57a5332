import type { ReactNode } from "react";
import css from "./Panel.module.css";

interface Props {
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  pad?: boolean;
  className?: string;
  children: ReactNode;
}

/** A bordered part of a page with its title. */
export function Panel({ title, note, actions, pad = false, className = "", children }: Props) {
  return (
    <section className={`${css["panel"] ?? ""} ${className}`} aria-label={title}>
      <header className={css["head"]}>
        <h2>{title}</h2>
        {note !== undefined && <span className={css["note"]}>{note}</span>}
        <span className={css["space"]} />
        {actions}
      </header>
      <div className={`${css["body"] ?? ""} ${pad ? (css["pad"] ?? "") : ""}`}>{children}</div>
    </section>
  );
}

/** A padded part of a panel that has none of its own: a form or a sentence above or below a table. */
export function Part({ children }: { children: ReactNode }) {
  return <div className={css["part"]}>{children}</div>;
}
