import type { ComponentPropsWithRef } from "react";
import css from "./Button.module.css";

export interface Look {
  look?: "plain" | "ghost" | "primary" | "danger" | undefined;
  small?: boolean | undefined;
  icon?: boolean | undefined; // holds an icon alone, and so needs an aria-label
}

/** The class of a button, for links that look like one. */
export function buttonClass({ look = "plain", small = false, icon = false }: Look = {}): string {
  return [css["button"], look !== "plain" && css[look], small && css["small"], icon && css["icon"]].filter(Boolean).join(" ");
}

export function Button({ look, small, icon, className, ...rest }: ComponentPropsWithRef<"button"> & Look) {
  return <button type="button" className={`${buttonClass({ look, small, icon })} ${className ?? ""}`} {...rest} />;
}
