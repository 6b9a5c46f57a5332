import { IconLockOpen } from "@tabler/icons-react";
import type { BSS, SecurityLevel } from "../api/types";
import css from "./Security.module.css";

/** What protects a network. Open and weak ones carry a mark besides their colour. */
export function Security({ text, level, pmf }: { text: string; level: SecurityLevel; pmf?: BSS["pmf"] }) {
  const warn = level === "open" || level === "weak";
  const said = warn && pmf === "off" && level !== "open" ? `${text}, no PMF` : text;
  return (
    <span
      className={`${css["security"] ?? ""} ${warn ? (css["warn"] ?? "") : level === "unknown" ? (css["unknown"] ?? "") : ""}`}
      title={`${said}${warn ? ` (${level})` : ""}`}
    >
      {warn && <IconLockOpen size={14} stroke={1.75} aria-label={level} />}
      <span className={css["text"]}>{said}</span>
    </span>
  );
}
