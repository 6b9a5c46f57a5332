import "uplot/dist/uPlot.min.css";
import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import { formatTick } from "../format/time";
import css from "./HealthChart.module.css";
import { runs } from "./runs";
import { hatch } from "./waterfall/draw";

interface Props {
  title: string;
  at: readonly Date[];
  values: readonly (number | null)[];
  format: (value: number) => string;
  colour: "--series-1" | "--series-2" | "--series-3" | "--series-4";
  from: number;
  to: number;
  /** Takes the stretch that was dragged over the chart, in milliseconds since 1970. */
  brush: (from: number, to: number) => void;
}

const HEIGHT = 138;

// Whole numbers: half a frame or half a report is no tick.
const steps = Array.from({ length: 13 }, (_, power) => [1, 2, 5].map((n) => n * 10 ** power)).flat();

/** One measure over time. Where nothing was reported the line breaks and the chart is hatched. */
export function HealthChart({ title, at, values, format, colour, from, to, brush }: Props) {
  const { ref, width } = useElementSize();
  const host = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  const [shown, setShown] = useState<number | null>(null);
  const latest = useRef({ format, brush });
  useEffect(() => {
    latest.current = { format, brush };
  });

  useEffect(() => {
    const element = host.current;
    if (!element || width === 0) return;
    const style = getComputedStyle(element);
    const token = (name: string): string => style.getPropertyValue(name).trim();
    const stroke = token(colour);
    const axis = {
      stroke: token("--text-3"),
      font: '11px "Inter Variable", system-ui, sans-serif',
      grid: { stroke: token("--grid"), width: 1 },
      ticks: { show: false },
    };
    const gaps = runs(values, (v) => v === null);
    const some = values.some((v) => v !== null); // without a value there is no scale
    const seconds = at.map((t) => t.getTime() / 1000);
    const step = (seconds[1] ?? 0) - (seconds[0] ?? 0);
    const chart = new uPlot(
      {
        width,
        height: HEIGHT,
        padding: [28, 22, 0, 0],
        legend: { show: false },
        cursor: { sync: { key: "health" }, y: false, drag: { x: true, y: false, setScale: false } },
        scales: {
          x: { time: true, range: () => [from / 1000, to / 1000] },
          y: { range: (_, low, high) => [Math.min(0, low || 0), high > 0 ? high * 1.1 : 4] },
        },
        series: [{}, { stroke, width: 1.5, fill: `${stroke}1c`, spanGaps: false, points: { show: false } }],
        axes: [
          { ...axis, size: 26, space: 84, values: (_, ticks) => ticks.map((t) => formatTick(new Date(t * 1000), to - from)) },
          { ...axis, size: 58, space: 34, incrs: steps, values: (_, ticks) => ticks.map((t) => (some ? latest.current.format(t) : "")) },
        ],
        hooks: {
          drawAxes: [
            (u) => {
              const ratio = uPlot.pxRatio;
              for (const gap of gaps) {
                const left = u.valToPos((seconds[gap.start] ?? 0) - step / 2, "x", true);
                const right = u.valToPos((seconds[gap.end - 1] ?? 0) + step / 2, "x", true);
                hatch(
                  u.ctx,
                  Math.max(u.bbox.left, left),
                  u.bbox.top,
                  Math.min(u.bbox.left + u.bbox.width, right),
                  u.bbox.top + u.bbox.height,
                  token("--hatch"),
                  6 * ratio,
                );
              }
            },
          ],
          setCursor: [(u) => setShown(u.cursor.idx ?? null)],
          setSelect: [
            (u) => {
              if (u.select.width < 6) return;
              latest.current.brush(u.posToVal(u.select.left, "x") * 1000, u.posToVal(u.select.left + u.select.width, "x") * 1000);
              u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            },
          ],
        },
      },
      [seconds, [...values]],
      element,
    );
    return () => chart.destroy();
  }, [at, values, colour, from, to, width, scheme]);

  const known = values.filter((v) => v !== null);
  const value = shown === null ? known.at(-1) : values[shown];
  const said = value === undefined ? "" : value === null ? "nothing reported" : format(value);
  return (
    <div className={css["chart"]} ref={ref} role="img" aria-label={`${title}: ${said}`}>
      <h3>
        {title} <span>{known.length === 0 ? "never reported" : said}</span>
      </h3>
      <div ref={host} aria-hidden="true" style={{ height: HEIGHT }} />
    </div>
  );
}
