import type { Radios } from "../../api/types";
import { Mark } from "../../components/Mark";
import { textStyle } from "../../components/text";
import css from "./radios.module.css";
import { radiosMark, radiosSentence } from "./radios";

/** How many of a tap's radios listen, and whether that is well. */
export function RadiosCell({ radios }: { radios: Radios }) {
  const mark = radiosMark(radios);
  if (mark === null) return <span className={textStyle.dim}>none told</span>;
  const { listening, total, worst } = radios;
  return (
    <span className={css["cell"]} title={radiosSentence({ radios })}>
      <Mark kind={mark} />
      {worst === "unknown" && listening === 0 ? (
        <span className={textStyle.dim}>unknown</span>
      ) : (
        <span>{`${String(listening)} of ${String(total)}`}</span>
      )}
    </span>
  );
}
