import { runs } from "./runs";

interface Props {
  values: readonly (number | null)[];
  low: number; // of the scale, which a whole column shares
  high: number;
  colour: "--series-1" | "--series-3" | "--series-4";
  area?: boolean;
  label: string;
  width?: number;
  height?: number;
}

/** A line without axes. It breaks and is hatched where nothing was heard, and never bridges. */
export function Sparkline({ values, low, high, colour, area = false, label, width = 88, height = 24 }: Props) {
  const step = width / Math.max(1, values.length);
  const x = (i: number): number => (i + 0.5) * step;
  const y = (v: number): number => height - 3 - Math.max(0, Math.min(1, (v - low) / (high - low || 1))) * (height - 6);
  const line = (start: number, end: number): string =>
    values
      .slice(start, end)
      .map((v, i) => `${x(start + i).toFixed(1)} ${y(v ?? low).toFixed(1)}`)
      .join("L");
  const known = runs(values, (v) => v !== null);
  const stroke = `var(${colour})`;
  const last = values.at(-1);
  return (
    <svg width={width} height={height} role="img" aria-label={label}>
      {runs(values, (v) => v === null).map((r) => (
        <rect
          key={r.start}
          x={r.start * step}
          y={2}
          width={(r.end - r.start) * step}
          height={height - 4}
          fill="url(#hatch)"
          opacity={0.75}
        />
      ))}
      {known.map((r) =>
        r.end - r.start === 1 ? (
          <circle key={r.start} cx={x(r.start)} cy={y(values[r.start] ?? low)} r={1.4} fill={stroke} />
        ) : (
          <g key={r.start}>
            {area && (
              <path
                d={`M${x(r.start).toFixed(1)} ${String(height - 2)}L${line(r.start, r.end)}L${x(r.end - 1).toFixed(1)} ${String(height - 2)}Z`}
                fill={stroke}
                opacity={0.14}
              />
            )}
            <path d={`M${line(r.start, r.end)}`} fill="none" stroke={stroke} strokeWidth={1.4} strokeLinejoin="round" />
          </g>
        ),
      )}
      {last !== null && last !== undefined && <circle cx={x(values.length - 1)} cy={y(last)} r={1.9} fill={stroke} />}
    </svg>
  );
}
