import { formatWhen, formatClock } from "../format/time";

/** A time range as it stands in the URL: RFC 3339, or relative to now ("-24h", "now"). */
export interface Range {
  from: string;
  to: string;
}

/** What a page shows when its URL says nothing. */
export const defaultRange: Range = { from: "-24h", to: "now" };

/** The ranges that the menu offers. */
export const presets: readonly { from: string; label: string }[] = [
  { from: "-15m", label: "Last 15 min" },
  { from: "-1h", label: "Last hour" },
  { from: "-6h", label: "Last 6 h" },
  { from: "-24h", label: "Last 24 h" },
  { from: "-7d", label: "Last 7 d" },
  { from: "-30d", label: "Last 30 d" },
];

const unitMS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const relative = /^-(\d{1,5})([smhd])$/;

/** The moment that text names, as milliseconds since 1970; null when it names none. */
export function parseTime(text: string, now: number): number | null {
  if (text === "now") return now;
  const match = relative.exec(text);
  if (match) return now - Number(match[1]) * (unitMS[match[2] ?? "s"] ?? 1000);
  if (!/^\d{4}-\d\d-\d\dT/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** The range as two moments; a range that is upside down or unreadable is the default one. */
export function resolveRange(range: Range, now: number): { from: number; to: number } {
  const from = parseTime(range.from, now);
  const to = parseTime(range.to, now);
  if (from === null || to === null || from >= to) return { from: now - 86_400_000, to: now };
  return { from, to };
}

/** The range for two moments, to the millisecond, in UTC. */
export function absoluteRange(from: number, to: number): Range {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

/** Whether the range ends now and so moves. */
export function isMoving(range: Range): boolean {
  return range.to === "now";
}

/** "Last 24 h", "13:30 to 14:32", "16 Nov 22:00 to 17 Nov 06:00". */
export function rangeLabel(range: Range, now: Date): string {
  if (range.to === "now") {
    const preset = presets.find((p) => p.from === range.from);
    if (preset) return preset.label;
    const match = relative.exec(range.from);
    if (match) return `Last ${match[1] ?? ""} ${match[2] === "m" ? "min" : (match[2] ?? "")}`;
  }
  const { from, to } = resolveRange(range, now.getTime());
  const end = new Date(to);
  const sameDay = new Date(from).toDateString() === end.toDateString();
  return `${formatWhen(new Date(from), now)} to ${sameDay ? formatClock(end) : formatWhen(end, now)}`;
}

/** The range in words, to stand after a title: "24 h", "this range". */
export function rangeShort(range: Range): string {
  const match = range.to === "now" ? relative.exec(range.from) : null;
  return match ? `${match[1] ?? ""} ${match[2] === "m" ? "min" : (match[2] ?? "")}` : "this range";
}

/** The shortest preset that covers what began at first, when that lies in the last fifth of the range; else null. */
export function fittingPreset(range: Range, first: number, now: number): { from: string; label: string } | null {
  if (!isMoving(range)) return null;
  const { from, to } = resolveRange(range, now);
  if (first < to - (to - from) / 5) return null;
  return presets.find((p) => (parseTime(p.from, now) ?? from) <= first) ?? null;
}
