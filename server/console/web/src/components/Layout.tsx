import type { ReactNode } from "react";
import css from "./layout.module.css";

/** A page of two columns, one below the other on narrow screens. */
export function Columns({ main, side }: { main: ReactNode; side: ReactNode }) {
  return (
    <div className={css["columns"]}>
      <div className={css["main"]}>{main}</div>
      <div className={css["side"]}>{side}</div>
    </div>
  );
}

export function Stack({ children }: { children: ReactNode }) {
  return <div className={css["stack"]}>{children}</div>;
}
