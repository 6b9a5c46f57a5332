import { useState, type PointerEvent } from "react";

interface Brush {
  cursor: number | null; // pixels from the left
  span: { from: number; to: number } | null;
  handlers: {
    onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    onPointerUp: (event: PointerEvent<HTMLElement>) => void;
    onPointerLeave: () => void;
  };
}

/** A cursor over a chart, and a stretch that is dragged over it. */
export function useBrush(chosen: (fromX: number, toX: number) => void): Brush {
  const [cursor, setCursor] = useState<number | null>(null);
  const [start, setStart] = useState<number | null>(null);
  const x = (event: PointerEvent<HTMLElement>): number => event.clientX - event.currentTarget.getBoundingClientRect().left;
  const span =
    start !== null && cursor !== null && Math.abs(cursor - start) > 6
      ? { from: Math.min(start, cursor), to: Math.max(start, cursor) }
      : null;
  return {
    cursor,
    span,
    handlers: {
      onPointerDown: (event) => {
        if (event.pointerType === "touch") return; // a finger scrolls the page
        event.currentTarget.setPointerCapture(event.pointerId);
        setStart(x(event));
      },
      onPointerMove: (event) => setCursor(x(event)),
      onPointerUp: () => {
        if (span) chosen(span.from, span.to);
        setStart(null);
      },
      onPointerLeave: () => setCursor(null),
    },
  };
}
