import type { ChannelListens, TapChannel, TapCoverage } from "../../api/types";
import { bandPlan, bar } from "../../charts/bands";

/** How much a bar was listened to; outside: no radio of the tap may listen there. */
export type Heard = "heard" | "little" | "blind" | "outside";

/** One listener's part in a bar. */
export interface Part {
  heard: Heard;
  sharePercent: number;
}

/** One channel of the plan; in 6 GHz the four around a preferred one. */
export interface PlanBar {
  channel: number;
  heard: Heard; // of all listeners together
  by: Part[]; // a listener each
  busyPercent: number | null; // null: not listened to enough to judge
  lostPercent: number | null; // of the frames that came; null: not listened to
  title: string;
}

export interface PlanBand {
  band: string;
  bars: PlanBar[];
  says: string; // what is heard of the band, in words
}

const bands = ["2.4 GHz", "5 GHz", "6 GHz"];

/** Below this share of the time a channel was listened to too little, as the node judges too. */
const LITTLE_PERCENT = 0.5;

/**
 * Every channel of every band: who listened for how long, and what the air did.
 * What nobody listened to is in it, for silence there means nothing.
 */
export function channelPlan(coverage: TapCoverage, channels: readonly TapChannel[]): PlanBand[] {
  return bands.map((band) => {
    const here = coverage.channels.filter((c) => c.band === band && c.channel !== null);
    const own = here.map((c) => bar(band, c.channel ?? 0)).filter((n) => !(bandPlan[band] ?? []).includes(n));
    const numbers = [...new Set([...(bandPlan[band] ?? []), ...own])].sort((a, b) => a - b);
    const bars = numbers.map((n) =>
      planBar(
        band,
        n,
        here.filter((c) => bar(band, c.channel ?? 0) === n),
        channels.filter((c) => c.band === band && c.channel !== null && bar(band, c.channel) === n),
        coverage.listeners.length,
      ),
    );
    return { band, bars, says: bandSentence(bars, band === "6 GHz" ? " groups of four" : "") };
  });
}

function planBar(band: string, channel: number, here: ChannelListens[], air: TapChannel[], listeners: number): PlanBar {
  const by = Array.from({ length: listeners }, (_, i): Part => {
    const parts = here.flatMap((c) => c.by[i] ?? []);
    const sharePercent = parts.reduce((sum, p) => sum + (p.sharePercent ?? 0), 0);
    const listened = parts.some((p) => p.listenedSeconds > 0 || p.frames > 0);
    const allowed = parts.some((p) => p.allowed);
    return { heard: judge(listened, sharePercent, allowed), sharePercent };
  });
  const sharePercent = here.reduce((sum, c) => sum + (c.sharePercent ?? 0), 0);
  const heard = judge(
    here.some((c) => c.state !== "blind"),
    sharePercent,
    here.length > 0,
  );
  const [frames, drops] = [here.reduce((sum, c) => sum + c.frames, 0), here.reduce((sum, c) => sum + c.drops, 0)];
  const judged = heard === "heard";
  const listened = air.reduce((sum, c) => sum + (c.airtimePercent === null ? 0 : c.listenedSeconds), 0);
  const busy = air.reduce((sum, c) => sum + (c.airtimePercent ?? 0) * c.listenedSeconds, 0);
  const busyPercent = judged && listened > 0 ? busy / listened : null;
  const lostPercent = judged || (heard === "little" && frames > 0) ? (frames + drops === 0 ? 0 : (100 * drops) / (frames + drops)) : null;
  return { channel, heard, by, busyPercent, lostPercent, title: barTitle(band, channel, heard, sharePercent, busyPercent, drops) };
}

function judge(listened: boolean, sharePercent: number, allowed: boolean): Heard {
  if (!listened) return allowed ? "blind" : "outside";
  return sharePercent < LITTLE_PERCENT ? "little" : "heard";
}

function barTitle(band: string, channel: number, heard: Heard, share: number, busy: number | null, drops: number): string {
  const name = band === "6 GHz" ? `Channels ${String(channel - 4)} to ${String(channel + 8)}` : `Channel ${String(channel)}`;
  switch (heard) {
    case "outside":
      return `${name}: no radio of this tap may listen there, so nothing is known`;
    case "blind":
      return `${name}: blind, not listened to at all`;
    case "little":
      return `${name}: listened to ${formatShare(share)} of the time, too little to judge`;
    case "heard": {
      const said = [
        `listened to ${formatShare(share)} of the time`,
        busy === null ? "unknown how busy" : `${busy.toFixed(0)} % busy`,
        drops > 0 && `${String(drops)} frames lost`,
      ];
      return `${name}: ${said.filter(Boolean).join(", ")}`;
    }
  }
}

/** A share of time: 0.3 %, 22 %. */
export function formatShare(percent: number): string {
  if (percent === 0) return "0 %";
  if (percent < 0.05) return "<0.1 %";
  return `${percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

function bandSentence(bars: readonly PlanBar[], unit: string): string {
  const count = (heard: Heard): number => bars.filter((b) => b.heard === heard).length;
  const said = [
    count("little") > 0 && `${String(count("little"))} too little`,
    count("blind") > 0 && `${String(count("blind"))} blind`,
    count("outside") > 0 && `${String(count("outside"))} out of reach`,
  ].filter((part) => part !== false);
  if (count("outside") === bars.length) return "out of reach of its radios: what happens there is not known";
  return [`${String(count("heard"))} of ${String(bars.length)}${unit} heard`, ...said].join(", ");
}
