import { useMemo, useRef, useState } from "react";
import { settle } from "./settle";
import type { ShownRow } from "./useModel";

/**
 * Holds the rows' places while the pointer or the keyboard is in the table. view
 * names what a person chose (sort, filter, open groups): when it changes, the new
 * order is taken whatever happens.
 */
export function useHeld<T>(next: ShownRow<T>[], view: string) {
  const [pointer, setPointer] = useState(false);
  const [focus, setFocus] = useState(false);
  const [released, setReleased] = useState(0);
  const last = useRef<{ order: string[]; view: string; released: number }>({ order: [], view: "", released: 0 });

  const { order, withheld } = useMemo(() => {
    const known = last.current;
    const hold = (pointer || focus) && known.view === view && known.released === released && known.order.length > 0;
    const settled = settle(
      known.order,
      next.map((r) => r.key),
      hold,
    );
    last.current = { order: settled.order, view, released };
    return settled;
  }, [next, view, pointer, focus, released]);

  const shown = useMemo(() => {
    const byKey = new Map(next.map((r) => [r.key, r]));
    return order.flatMap((key) => byKey.get(key) ?? []);
  }, [order, next]);

  return {
    shown,
    withheld,
    release: () => setReleased((n) => n + 1),
    holders: {
      onPointerEnter: () => setPointer(true),
      onPointerLeave: () => setPointer(false),
      onFocus: () => setFocus(true),
      onBlur: () => setFocus(false),
    },
  };
}
