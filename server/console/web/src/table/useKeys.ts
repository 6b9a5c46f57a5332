import { useEffect, useRef, type KeyboardEvent } from "react";
import type { ShownRow } from "./useModel";

interface Options<T> {
  shown: readonly ShownRow<T>[];
  selected: string | undefined;
  select: (key: string) => void;
  toggle: (key: string, to?: boolean) => void;
  open: (row: T) => void;
}

/** J, K, Enter and the arrows: in the table, and also while nothing else has the keyboard. */
export function useKeys<T>(options: Options<T>): (event: KeyboardEvent) => void {
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });

  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent): void => {
      if (document.activeElement !== document.body || event.ctrlKey || event.metaKey || event.altKey) return;
      if (press(event.key, latest.current)) event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onControl = event.target instanceof Element && event.target.closest("a, button") !== null;
    if (onControl && event.key === "Enter") return;
    if (press(event.key, options)) event.preventDefault();
  };
}

/** Does what a key means; false when it means nothing here. */
function press<T>(key: string, { shown, selected, select, toggle, open }: Options<T>): boolean {
  const index = shown.findIndex((r) => r.key === selected);
  const row = shown[index];
  const go = (to: number): boolean => {
    const target = shown[Math.max(0, Math.min(shown.length - 1, to))];
    if (target) select(target.key);
    return true;
  };
  switch (key) {
    case "j":
    case "ArrowDown":
      return go(index + 1);
    case "k":
    case "ArrowUp":
      return go(index < 0 ? 0 : index - 1);
    case "Home":
      return go(0);
    case "End":
      return go(shown.length - 1);
    case "Enter":
      if (!row) return false;
      open(row.row);
      return true;
    case "ArrowRight":
      if (!row?.expandable) return false;
      toggle(row.key, true);
      return true;
    case "ArrowLeft":
      if (row?.expanded) toggle(row.key, false);
      else if (row?.parent !== null && row !== undefined) select(row.parent);
      else return false;
      return true;
    default:
      return false;
  }
}
