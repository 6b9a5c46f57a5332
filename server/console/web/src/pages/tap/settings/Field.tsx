import { useId, type ReactNode } from "react";
import css from "./settings.module.css";

interface SelectProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  wrong?: string | undefined;
  more?: ReactNode;
  autoFocus?: boolean;
  children: ReactNode;
}

/** A choice with what it asks for besides, and what is wrong with that. */
export function Select({ label, value, onChange, wrong, more, autoFocus, children }: SelectProps) {
  const id = useId();
  return (
    <div className={css["field"]}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(e) => onChange(e.target.value)} autoFocus={autoFocus}>
        {children}
      </select>
      {more !== undefined && more !== false && <span className={css["more"]}>{more}</span>}
      {wrong !== undefined && (
        <span className={css["wrong"]} role="alert">
          {wrong}
        </span>
      )}
    </div>
  );
}

interface NumberProps {
  label: string;
  value: string;
  max: number;
  unit?: string;
  onChange: (value: string) => void;
}

/** A whole number from 1. */
export function NumberInput({ label, value, max, unit, onChange }: NumberProps) {
  return (
    <>
      <input type="number" aria-label={label} min={1} max={max} value={value} onChange={(e) => onChange(e.target.value)} />
      {unit}
    </>
  );
}
