import { formatSignal } from "../format/radio";
import css from "./chart.module.css";
import { signalColour, signalShare } from "./viridis";

/** A power as bar and number. Unknown is said, not drawn as zero. */
export function SignalBar({ dBm }: { dBm: number | null }) {
  if (dBm === null) return <span className={css["none"]}>unknown</span>;
  return (
    <span className={css["signal"]}>
      <svg width="44" height="9" aria-hidden="true">
        <rect x="0.5" y="0.5" width="43" height="8" rx="1.5" fill="var(--surface-3)" stroke="var(--line-2)" />
        <rect x="1" y="1" width={42 * signalShare(dBm)} height="7" rx="1" fill={signalColour(dBm)} />
      </svg>
      <span>{formatSignal(dBm)}</span>
    </span>
  );
}
