/** What a table shows while somebody uses it. */
export interface Settled {
  order: string[]; // keys of the rows, in the order shown
  withheld: number; // rows that are new and not shown yet
}

/**
 * Keeps rows from jumping under a pointer. While held, rows keep their places,
 * rows that are gone leave, and new ones wait; else the next order is taken.
 */
export function settle(shown: readonly string[], next: readonly string[], hold: boolean): Settled {
  if (!hold) return { order: [...next], withheld: 0 };
  const there = new Set(next);
  const order = shown.filter((key) => there.has(key));
  const known = new Set(order);
  return { order, withheld: next.filter((key) => !known.has(key)).length };
}
