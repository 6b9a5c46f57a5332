const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (n: number): string => String(n).padStart(2, "0");
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** How long ago: "now" below ten seconds, "42 s ago", "5 min ago", "3 h ago", "9 d ago". A time ahead of now is "now". */
export function formatAgo(at: Date, now: Date): string {
  const span = formatSpan(now.getTime() - at.getTime());
  return span === "now" ? span : `${span} ago`;
}

/** formatAgo without "ago", for narrow columns. */
export function formatSpan(ms: number): string {
  if (ms < 10 * SECOND) return "now";
  if (ms < MINUTE) return `${String(Math.floor(ms / SECOND))} s`;
  if (ms < HOUR) return `${String(Math.floor(ms / MINUTE))} min`;
  if (ms < 2 * DAY) return `${String(Math.floor(ms / HOUR))} h`;
  return `${String(Math.floor(ms / DAY))} d`;
}

/** A length of time in its two largest units: "12 d 5 h", "3 min 20 s". */
export function formatDuration(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / 86400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [Math.floor(seconds) % 60, "s"],
  ];
  const first = parts.findIndex(([n]) => n > 0);
  if (first < 0) return "0 s";
  return parts
    .slice(first, first + 2)
    .filter(([n]) => n > 0)
    .map(([n, unit]) => `${String(n)} ${unit}`)
    .join(" ");
}

/** 14:32, in the browser's zone. */
export function formatClock(at: Date): string {
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** 14:32:07, in the browser's zone. */
export function formatClockSeconds(at: Date): string {
  return `${formatClock(at)}:${two(at.getSeconds())}`;
}

/** As short as the distance allows: "13:52" today, "11 Nov 22:04" this year, "3 Mar 2025" before. */
export function formatWhen(at: Date, now: Date): string {
  if (sameDay(at, now)) return formatClock(at);
  const day = `${String(at.getDate())} ${months[at.getMonth()] ?? ""}`;
  if (now.getTime() - at.getTime() < 180 * DAY) return `${day} ${formatClock(at)}`;
  return `${day} ${String(at.getFullYear())}`;
}

/** Of a thing heard again and again: "now" within the last minute, else formatWhen. */
export function formatLast(at: Date, now: Date): string {
  return now.getTime() - at.getTime() < MINUTE ? "now" : formatWhen(at, now);
}

/** "Tue 17 Nov 2026, 14:32 CET": the moment a page speaks of. */
export function formatMoment(at: Date): string {
  const day = `${weekdays[at.getDay()] ?? ""} ${String(at.getDate())} ${months[at.getMonth()] ?? ""} ${String(at.getFullYear())}`;
  return `${day}, ${formatClock(at)} ${zoneName(at)}`;
}

/** "2026-11-17 13:32:07 UTC": what a pointer over a time shows. */
export function formatUTC(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** The browser's zone at that time, as short as the browser knows it: "CET", "UTC", "GMT+1". */
export function zoneName(at: Date): string {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" }).formatToParts(at);
  return parts.find((p) => p.type === "timeZoneName")?.value ?? "UTC";
}

/** A tick of a time axis that covers spanMs: clock time within two days, else the day. */
export function formatTick(at: Date, spanMs: number): string {
  if (spanMs <= 10 * MINUTE) return formatClockSeconds(at);
  if (spanMs <= 2 * DAY) return formatClock(at);
  return `${String(at.getDate())} ${months[at.getMonth()] ?? ""}`;
}

function sameDay(a: Date, b: Date): boolean {
  return a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate();
}
