import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useMemo, useRef } from "react";
import type { BSSSignal } from "../../api/types";
import { Stranger } from "../../components/text";
import { formatCount, plural } from "../../format/number";
import { formatDBm } from "../../format/radio";
import { formatClockSeconds } from "../../format/time";
import { absoluteRange } from "../../url/range";
import { useSetView } from "../../url/useView";
import { useBrush } from "../useBrush";
import { chartHeight, drawWaterfall, GAP, LANE, LEFT, readInk, timeOf } from "./draw";
import { atMoment, waterfallModel } from "./model";
import css from "./waterfall.module.css";

/** Signal over time, one lane a tap. Dragging over it sets the console's time range. */
export function Waterfall({ signal, from, to }: { signal: BSSSignal; from: number; to: number }) {
  const { ref, width } = useElementSize();
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useComputedColorScheme("light");
  const model = useMemo(() => waterfallModel(signal), [signal]);
  const height = chartHeight(model.lanes.length);
  const view = { width, from, to };
  const setView = useSetView();
  const { cursor, span, handlers } = useBrush((a, b) => setView(absoluteRange(timeOf(a, view), timeOf(b, view))));

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context || width === 0) return;
    const ratio = window.devicePixelRatio || 1;
    element.width = width * ratio;
    element.height = height * ratio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawWaterfall(context, model, { width, from, to }, readInk(element));
  }, [model, width, height, from, to, scheme]);

  const tall = model.lanes.length * (LANE + GAP) - GAP;
  const at = cursor !== null && cursor >= LEFT ? timeOf(cursor, view) : null;
  return (
    <div ref={ref} className={css["chart"]} style={{ height }} {...handlers}>
      <canvas
        ref={canvas}
        style={{ width, height }}
        role="img"
        aria-label={`Signal over time, ${plural(model.lanes.length, "tap")}. The same figures are in the table.`}
      />
      {model.lanes.map((lane, i) => (
        <span key={lane.id} className={css["name"]} style={{ top: i * (LANE + GAP) + 4 }}>
          <Stranger text={lane.name} max={64} />
        </span>
      ))}
      {span && <span className={css["span"]} style={{ left: span.from, width: span.to - span.from, height: tall }} />}
      {at !== null && cursor !== null && (
        <>
          <span className={css["cursor"]} style={{ left: cursor, height: tall }} />
          <Tip signal={signal} at={at} left={cursor} width={width} />
        </>
      )}
    </div>
  );
}

function Tip({ signal, at, left, width }: { signal: BSSSignal; at: number; left: number; width: number }) {
  const flip = left > width - 220;
  return (
    <div className={css["tip"]} style={flip ? { right: width - left + 8 } : { left: left + 8 }}>
      <b>{formatClockSeconds(new Date(at))}</b>
      {signal.taps.map((tap, i) => {
        const moment = atMoment(signal, i, at);
        return (
          <div key={tap.id}>
            <Stranger text={tap.name} />{" "}
            {moment === null || !moment.listened
              ? "not listened"
              : moment.mean === null
                ? "heard nothing"
                : `${formatDBm(moment.mean)}, ${formatCount(moment.frames ?? 0)} frames`}
          </div>
        );
      })}
    </div>
  );
}
