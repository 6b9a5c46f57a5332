/** A stretch of equal indexes: from the first up to, but without, the end. */
export interface Run {
  start: number;
  end: number;
}

/** The stretches of values for which is() holds. */
export function runs<T>(values: readonly T[], is: (value: T) => boolean): Run[] {
  const found: Run[] = [];
  let start = -1;
  for (let i = 0; i <= values.length; i++) {
    const value = values[i];
    const holds = i < values.length && value !== undefined && is(value);
    if (holds && start < 0) start = i;
    if (!holds && start >= 0) {
      found.push({ start, end: i });
      start = -1;
    }
  }
  return found;
}
