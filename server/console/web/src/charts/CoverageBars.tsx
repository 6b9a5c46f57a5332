import { heardBars } from "./bands";
import { runs } from "./runs";

const PITCH = 2.5;
const HEIGHT = 14;
const GAP = 5;

/** One bar a channel, the bands in order: heard, or hatched because nobody listened. */
export function CoverageBars({ coverage }: { coverage: readonly { band: string; channelsHeard: readonly number[] }[] }) {
  const bands = ["2.4 GHz", "5 GHz", "6 GHz"].map((band) => ({
    band,
    bars: heardBars(band, coverage.find((c) => c.band === band)?.channelsHeard ?? []),
  }));
  const starts = bands.map((_, i) => bands.slice(0, i).reduce((sum, b) => sum + b.bars.length * PITCH + GAP, 0));
  const width = (starts[2] ?? 0) + (bands[2]?.bars.length ?? 0) * PITCH;
  const said = bands
    .map((b) => `${b.band}: ${String(b.bars.filter(Boolean).length)} of ${String(b.bars.length)} channels heard`)
    .join("; ");
  return (
    <svg width={width} height={HEIGHT} role="img" aria-label={said}>
      <title>{said}</title>
      {bands.map((b, i) => (
        <g key={b.band} transform={`translate(${String(starts[i] ?? 0)} 0)`}>
          {runs(b.bars, (heard) => !heard).map((r) => (
            <rect
              key={r.start}
              x={r.start * PITCH}
              y={0}
              width={(r.end - r.start) * PITCH - 0.7}
              height={HEIGHT}
              fill="url(#hatch-dense)"
            />
          ))}
          {b.bars.map((heard, n) =>
            heard ? <rect key={n} x={n * PITCH} y={0} width={PITCH - 0.7} height={HEIGHT} fill="var(--ok-fill)" /> : null,
          )}
        </g>
      ))}
    </svg>
  );
}
