import type { HomeSite } from "../api/types";
import { runs } from "./runs";

const PITCH = 4.4;
const HEIGHT = 18;

/** The time range in equal parts: heard, partly heard, or hatched because no report covers it. */
export function HistoryBars({ history }: { history: HomeSite["history"] }) {
  const count = (state: string): number => history.filter((h) => h.state === state).length;
  const said = `Of ${String(history.length)} parts of the time range ${String(count("heard"))} are heard, ${String(count("partial"))} partly, ${String(count("none"))} not`;
  return (
    <svg width={history.length * PITCH} height={HEIGHT} role="img" aria-label={said}>
      <title>{said}</title>
      {runs(history, (h) => h.state === "none").map((r) => (
        <rect key={r.start} x={r.start * PITCH} y={2} width={(r.end - r.start) * PITCH - 1} height={HEIGHT - 2} fill="url(#hatch)" />
      ))}
      {history.map((h, i) => {
        if (h.state === "none") return null;
        const whole = h.state === "heard";
        const height = whole ? 6 : 11;
        return (
          <rect
            key={i}
            x={i * PITCH}
            y={HEIGHT - height}
            width={PITCH - 1.2}
            height={height}
            rx={0.6}
            fill={whole ? "var(--ok-fill)" : "var(--med-fill)"}
          />
        );
      })}
    </svg>
  );
}
