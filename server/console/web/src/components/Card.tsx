import type { ReactNode } from "react";
import css from "./card.module.css";

interface Props {
  name: ReactNode;
  figure: ReactNode;
  detail: ReactNode;
  when: ReactNode;
}

/** A row on a small screen: two lines. */
export function Card({ name, figure, detail, when }: Props) {
  return (
    <div className={css["card"]}>
      <span className={css["first"]}>{name}</span>
      <span>{figure}</span>
      <span className={css["second"]}>{detail}</span>
      <span className={css["second"]}>{when}</span>
    </div>
  );
}
