import { useId } from "react";
import { channelList, parseChannels } from "./channels";
import type { Choice } from "./draft";
import css from "./settings.module.css";

interface Props {
  label: string;
  choice: Choice;
  onChange: (choice: Choice) => void;
  inherit: string; // words for what holds when nothing is said here
  none: string;
  these?: string;
  placeholder?: string;
  wrong?: string | undefined;
  short?: boolean; // a code, not channels
}

/** A setting that is inherited, none, or written down: a list of channels, or a code. */
export function ChoiceField(props: Props) {
  const { label, choice, onChange, inherit, none, these = "These channels", placeholder = "1, 6, 11, 36", wrong, short = false } = props;
  const id = useId();
  const read = short ? [] : parseChannels(choice.text);
  const error = wrong ?? (typeof read === "string" && choice.text !== "" ? read : undefined);
  const said = typeof read !== "string" && read.length > 0 ? channelList(read) : "";
  return (
    <div className={css["field"]}>
      <label htmlFor={`${id}s`}>{label}</label>
      <select
        id={`${id}s`}
        value={choice.set}
        onChange={(e) => onChange({ ...choice, set: e.target.value === "none" || e.target.value === "these" ? e.target.value : "inherit" })}
      >
        <option value="inherit">{inherit}</option>
        <option value="none">{none}</option>
        <option value="these">{these}</option>
      </select>
      {choice.set === "these" && (
        <>
          <input
            aria-label={`${label}: ${these.toLowerCase()}`}
            aria-invalid={error !== undefined}
            aria-describedby={id}
            value={choice.text}
            placeholder={placeholder}
            maxLength={short ? 2 : 1000}
            autoComplete="off"
            spellCheck={false}
            onChange={(e) => onChange({ set: "these", text: e.target.value })}
          />
          <span id={id} className={error === undefined ? css["read"] : css["wrong"]} role={wrong === undefined ? undefined : "alert"}>
            {error ?? said}
          </span>
        </>
      )}
    </div>
  );
}
