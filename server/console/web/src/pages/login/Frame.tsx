import type { ReactNode } from "react";
import { useTitle } from "../../components/PageHeader";
import { Logo } from "../../shell/Logo";
import css from "./login.module.css";

/** The page around a sign-in form. */
export function Frame({ title, children }: { title: string; children: ReactNode }) {
  useTitle(title);
  return (
    <main className={css["page"]}>
      <div className={css["brand"]}>
        <Logo size={26} />
        Picket
      </div>
      <section className={css["card"]} aria-label={title}>
        <h1>{title}</h1>
        {children}
      </section>
    </main>
  );
}

interface FieldProps {
  label: string;
  hint?: string;
  type?: "text" | "password";
  name: string;
  complete: string;
  value: string;
  set: (value: string) => void;
}

export function Field({ label, hint, type = "text", name, complete, value, set }: FieldProps) {
  return (
    <label className={css["field"]}>
      {label}
      <input type={type} name={name} autoComplete={complete} value={value} onChange={(e) => set(e.target.value)} required />
      {hint !== undefined && <span className={css["hint"]}>{hint}</span>}
    </label>
  );
}

export function Problem({ children }: { children: ReactNode }) {
  return (
    <div className={css["bad"]} role="alert">
      {children}
    </div>
  );
}

export const formClass = css["form"] ?? "";
