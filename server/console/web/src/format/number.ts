const MINUS = "\u2212";

const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });

/** Replaces the hyphen that JavaScript writes by U+2212, which is as wide as a digit. */
export function withMinus(text: string): string {
  return text.replace("-", MINUS);
}

/** A count: 1284 is "1,284". */
export function formatCount(n: number): string {
  return withMinus(whole.format(n));
}

/** Something per second: one decimal below ten, none above; "0" only when nothing came. */
export function formatRate(perSecond: number): string {
  if (perSecond > 0 && perSecond < 0.1) return "<0.1";
  return withMinus((Math.abs(perSecond) < 10 ? tenths : whole).format(perSecond));
}

/** A share, 0 to 100: "37 %"; "<1 %" when there is something but less than half a percent. */
export function formatPercent(percent: number): string {
  if (percent > 0 && percent < 0.5) return "<1 %";
  return `${withMinus(whole.format(percent))} %`;
}

const units = ["B", "kB", "MB", "GB", "TB", "PB"];

/** Octets in decimal units: 3100000 is "3.1 MB". */
export function formatBytes(octets: number): string {
  let value = octets;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const text = unit > 0 && Math.abs(value) < 10 ? tenths.format(value) : whole.format(value);
  return `${withMinus(text)} ${units[unit] ?? "B"}`;
}

const words = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"];

/** A number at the start of a sentence: "Two", "Twelve", then "13". */
export function numberWord(n: number): string {
  return words[n] ?? formatCount(n);
}

/** "1 tap", "2 taps"; an irregular plural is given. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${formatCount(n)} ${n === 1 ? one : many}`;
}
