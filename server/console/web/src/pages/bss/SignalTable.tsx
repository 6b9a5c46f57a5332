import { useMemo } from "react";
import type { BSSSignal } from "../../api/types";
import { SimpleTable } from "../../components/SimpleTable";
import { Stranger, When } from "../../components/text";
import { formatCount } from "../../format/number";
import { formatDBm } from "../../format/radio";

const MAX = 400;

/** The waterfall's twin: the same figures as text, newest first. */
export function SignalTable({ signal }: { signal: BSSSignal }) {
  const rows = useMemo(
    () =>
      signal.taps
        .flatMap((tap) =>
          tap.at.map((at, i) => ({
            tap: tap.name,
            at,
            listened: tap.listened[i] ?? false,
            min: tap.min[i] ?? null,
            mean: tap.mean[i] ?? null,
            max: tap.max[i] ?? null,
            frames: tap.frames[i] ?? null,
          })),
        )
        .sort((a, b) => b.at.getTime() - a.at.getTime())
        .slice(0, MAX),
    [signal],
  );
  const power = (dBm: number | null): string => (dBm === null ? "–" : formatDBm(dBm));
  return (
    <SimpleTable
      label="Signal over time"
      dense
      rows={rows}
      rowKey={(row, i) => `${row.tap} ${String(i)}`}
      none="No tap listened on its channel in this time range."
      columns={[
        { header: "From", cell: (r) => <When at={r.at} /> },
        { header: "Tap", cell: (r) => <Stranger text={r.tap} /> },
        { header: "Listened", cell: (r) => (r.listened ? "yes" : "no: nothing is known") },
        { header: "Weakest", right: true, cell: (r) => power(r.min) },
        { header: "Mean", right: true, cell: (r) => power(r.mean) },
        { header: "Strongest", right: true, cell: (r) => power(r.max) },
        { header: "Frames", right: true, cell: (r) => (r.frames === null ? "unknown" : formatCount(r.frames)) },
      ]}
    />
  );
}
