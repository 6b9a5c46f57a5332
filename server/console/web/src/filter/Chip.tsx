import { IconX } from "@tabler/icons-react";
import { Stranger } from "../components/text";
import { withMinus } from "../format/number";
import css from "./FilterBar.module.css";
import { operatorWord, printTerm, type Term } from "./language";
import type { Field } from "./match";

/** One term of the filter: field, operator, value. */
export function Chip<T>({ term, fields, remove }: { term: Term; fields: readonly Field<T>[]; remove: () => void }) {
  const field = fields.find((f) => f.id === term.field);
  const bad = term.field !== "" && !field;
  const unit = field?.kind === "number" && field.unit !== "" ? ` ${field.unit}` : "";
  const value = term.values.map((v) => (field?.kind === "number" ? withMinus(v) : v)).join(", ") + unit;
  return (
    <span
      className={`${css["chip"] ?? ""} ${bad ? (css["bad"] ?? "") : ""}`}
      title={bad ? `There is no field “${term.field}”, so nothing matches` : printTerm(term)}
    >
      {term.field !== "" && <span className={css["field"]}>{term.field}</span>}
      <span className={css["op"]}>{term.field === "" ? "has" : operatorWord(term.op, field?.kind ?? "text", term.values.length)}</span>
      <span className={css["value"]}>
        <Stranger text={value} max={64} />
      </span>
      <button type="button" onClick={remove} aria-label={`Remove filter ${printTerm(term)}`}>
        <IconX size={14} stroke={1.75} aria-hidden="true" />
      </button>
    </span>
  );
}
