import type { ReactNode } from "react";
import { formatMAC } from "../format/address";
import { visibleText } from "../format/text";
import { formatAgo, formatLast, formatUTC, formatWhen } from "../format/time";
import { useNow } from "../live/live";
import css from "./text.module.css";

/** The classes of text, for what is not worth a component. */
export const textStyle = {
  mono: css["mono"] ?? "",
  link: css["link"] ?? "",
  action: css["action"] ?? "",
  soft: css["soft"] ?? "",
  dim: css["dim"] ?? "",
  small: css["small"] ?? "",
  num: css["num"] ?? "",
  strong: css["strong"] ?? "",
  gone: css["gone"] ?? "",
};

/** Text that a stranger chose: isolated for direction, cut, with control characters made visible. */
export function Stranger({ text, max }: { text: string; max?: number }) {
  return <bdi className={css["stranger"]}>{visibleText(text, max)}</bdi>;
}

/** A sentence that a tap wrote: as Stranger, but long, and so on as many lines as it needs. */
export function Sentence({ text }: { text: string }) {
  return <bdi className={css["sentence"]}>{visibleText(text, 512)}</bdi>;
}

/** A network's name. A hidden one is not one without a name. */
export function SSID({ ssid }: { ssid: string | null }) {
  if (ssid === null) return <em className={css["hidden"]}>hidden</em>;
  if (ssid === "") return <em className={css["hidden"]}>empty name</em>;
  return <Stranger text={ssid} />;
}

export function MAC({ mac }: { mac: string }) {
  return <span className={css["mono"]}>{formatMAC(mac)}</span>;
}

export function Kbd({ children }: { children: ReactNode }) {
  return <kbd className={css["kbd"]}>{children}</kbd>;
}

/** A time in the shortest clear form; UTC under the pointer. */
export function When({ at, form = "when" }: { at: Date; form?: "when" | "last" | "ago" }) {
  const now = useNow();
  const text = form === "ago" ? formatAgo(at, now) : form === "last" ? formatLast(at, now) : formatWhen(at, now);
  return (
    <time dateTime={at.toISOString()} title={formatUTC(at)} className={css["num"]}>
      {text}
    </time>
  );
}
