import { useState, type SubmitEvent, type ReactNode } from "react";
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
};

interface TextProps {
  label: string;
  value: string;
  set: (value: string) => void;
  type?: "text" | "password" | "number";
  complete?: string;
  max?: number;
}

export function TextField({ label, value, set, type = "text", complete = "off", max = 200 }: TextProps) {
  return (
    <label className={css["field"]}>
      {label}
      <input type={type} value={value} autoComplete={complete} maxLength={max} onChange={(e) => set(e.target.value)} />
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

/** Fields in a line with what they lead to, and what went wrong. */
export function LineForm({
  submit,
  word,
  busy,
  error,
  children,
}: {
  submit: () => void;
  word: string;
  busy: boolean;
  error: unknown;
  children: ReactNode;
}) {
  return (
    <form
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className={css["form"]}>
        {children}
        <Button type="submit" look="primary" disabled={busy}>
          {word}
        </Button>
      </div>
      <Wrong error={error} />
    </form>
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

/** A button that asks again before it does what cannot be undone. */
export function Sure({ word, ask, act }: { word: string; ask: string; act: () => void }) {
  const [asking, setAsking] = useState(false);
  return (
    <Button
      small
      look={asking ? "primary" : "ghost"}
      onBlur={() => setAsking(false)}
      onClick={() => {
        if (asking) act();
        setAsking(!asking);
      }}
    >
      {asking ? ask : word}
    </Button>
  );
}
