import { useId, useState, type SubmitEvent, type ReactNode } from "react";
import { errorSentence } from "../api/errors";
import { Button } from "./Button";
import { Copy } from "./Copy";
import css from "./form.module.css";

/** The classes of forms within panels. */
export const formStyle = {
  form: css["form"] ?? "",
  check: css["check"] ?? "",
  text: css["text"] ?? "",
  stack: css["stack"] ?? "",
  qr: css["qr"] ?? "",
  diff: css["diff"] ?? "",
  file: css["file"] ?? "",
  acts: css["acts"] ?? "",
  choice: css["choice"] ?? "",
  group: css["group"] ?? "",
};

interface TextProps {
  label: string;
  value: string;
  set: (value: string) => void;
  type?: "text" | "password" | "number" | "url";
  complete?: string;
  min?: number; // of the characters, or of a number
  max?: number;
  optional?: boolean; // may stay empty
  hint?: ReactNode;
  mono?: boolean; // a code or an address
  pattern?: string; // that the whole must match; hint says it in words
  placeholder?: string;
}

/** A line of text. The browser says what is missing before anything is sent. */
export function TextField({ label, value, set, type = "text", complete = "off", min, max = 200, optional = false, hint, mono, pattern, placeholder }: TextProps) {
  const limits = type === "number" ? { min, max } : { minLength: min, maxLength: max };
  const id = useId(); // the hint describes the field, and is no part of its name
  return (
    <label className={css["field"]}>
      <span id={id}>{label}</span>
      <input
        className={mono ? css["mono"] : undefined}
        aria-labelledby={id}
        aria-describedby={hint === undefined ? undefined : `${id}hint`}
        type={type}
        value={value}
        autoComplete={complete}
        spellCheck={!mono && undefined}
        required={!optional}
        pattern={pattern}
        placeholder={placeholder}
        onChange={(e) => set(e.target.value)}
        {...limits}
      />
      {hint !== undefined && (
        <span id={`${id}hint`} className={css["hint"]}>
          {hint}
        </span>
      )}
    </label>
  );
}

/** Several lines of text that a machine wrote. */
export function AreaField({ label, value, set, max, placeholder }: { label: string; value: string; set: (value: string) => void; max: number; placeholder: string }) {
  return (
    <label className={`${css["field"] ?? ""} ${css["area"] ?? ""}`}>
      {label}
      <textarea
        className={css["mono"]}
        rows={6}
        value={value}
        maxLength={max}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        required
        onChange={(e) => set(e.target.value)}
      />
    </label>
  );
}

export function CheckField({ label, value, set, disabled = false }: { label: ReactNode; value: boolean; set: (value: boolean) => void; disabled?: boolean }) {
  return (
    <label className={css["check"]}>
      <input type="checkbox" checked={value} disabled={disabled} onChange={(e) => set(e.target.checked)} />
      <span>{label}</span>
    </label>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  set: (value: string) => void;
  options: readonly { value: string; label: string }[];
}

export function ChoiceField({ label, value, set, options }: ChoiceProps) {
  return (
    <label className={css["field"]}>
      {label}
      <select value={value} onChange={(e) => set(e.target.value)}>
        {options.map((o) => (
          <option key={o.value} value={o.value}>
            {o.label}
          </option>
        ))}
      </select>
    </label>
  );
}

interface FormProps {
  label?: string; // of the form, where the page has several alike
  submit: () => void;
  word: string;
  busy: boolean;
  error: unknown;
  lines?: boolean; // a field a line; false: side by side
  cancel?: () => void;
  children: ReactNode;
}

/** Fields with what they lead to, and what went wrong. A second press while the first is on its way does nothing. */
export function LineForm({ label, submit, word, busy, error, lines = false, cancel, children }: FormProps) {
  return (
    <form
      aria-label={label}
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault();
        if (!busy) submit();
      }}
    >
      <div className={lines ? css["stack"] : css["form"]}>
        {children}
        <span className={css["acts"]}>
          <Button type="submit" look="primary" aria-busy={busy}>
            {word}
          </Button>
          {cancel && <Button onClick={cancel}>Cancel</Button>}
        </span>
      </div>
      <Wrong error={error} />
    </form>
  );
}

/** That something was done. */
export function Done({ children }: { children: ReactNode }) {
  return (
    <p className={css["text"]} role="status">
      {children}
    </p>
  );
}

/** What went wrong, if anything. */
export function Wrong({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null;
  return (
    <p className={css["bad"]} role="alert">
      {errorSentence(error)}
    </p>
  );
}

/** A secret that is shown this once. */
export function Once({ text, what }: { text: string; what: string }) {
  return (
    <div className={css["once"]}>
      <code>{text}</code>
      <Copy text={text} what={what} />
    </div>
  );
}

interface SureProps {
  word: string;
  ask: string;
  act: () => void;
  label?: string; // with the name of what it is about, where several say the same word
}

/** A button that asks again before it does what cannot be undone. */
export function Sure({ word, ask, act, label }: SureProps) {
  const [asking, setAsking] = useState(false);
  return (
    <Button
      small
      look={asking ? "danger" : "ghost"}
      aria-label={asking ? undefined : label}
      onBlur={() => setAsking(false)}
      onKeyDown={(e) => {
        if (e.key === "Escape") setAsking(false);
      }}
      onClick={() => {
        if (asking) act();
        setAsking(!asking);
      }}
    >
      {asking ? ask : word}
    </Button>
  );
}
