import type { TapChannel } from "../../api/types";
import { bandPlan } from "../../charts/bands";

/** One channel of the plan. */
export interface PlanBar {
  channel: number;
  listenedShare: number | null; // of the channel that was listened to longest; null: not listened
  busyPercent: number | null;
  title: string;
}

/** Below this many seconds a channel was not listened to long enough to judge. */
const TOO_LITTLE = 10;

/** The bars of each band that was listened to, in order; channels outside the plan are added at the end of theirs. */
export function channelPlan(channels: readonly TapChannel[]): { band: string; bars: PlanBar[] }[] {
  const longest = Math.max(1, ...channels.map((c) => c.listenedSeconds));
  return ["2.4 GHz", "5 GHz", "6 GHz"].flatMap((band) => {
    const here = channels.filter((c) => c.band === band && c.channel !== null);
    if (here.length === 0) return [];
    const numbers = [...new Set([...(bandPlan[band] ?? []), ...here.map((c) => c.channel ?? 0)])].sort((a, b) => a - b);
    return [
      {
        band,
        bars: numbers.map((n) =>
          planBar(
            n,
            here.find((c) => c.channel === n),
            longest,
          ),
        ),
      },
    ];
  });
}

function planBar(channel: number, use: TapChannel | undefined, longest: number): PlanBar {
  if (!use || use.listenedSeconds < TOO_LITTLE)
    return { channel, listenedShare: null, busyPercent: null, title: `Channel ${String(channel)}: too little heard to judge` };
  const busy = use.airtimePercent === null ? "unknown how busy" : `${use.airtimePercent.toFixed(0)} % busy`;
  return {
    channel,
    listenedShare: use.listenedSeconds / longest,
    busyPercent: use.airtimePercent,
    title: `Channel ${String(channel)}: listened ${use.listenedSeconds.toFixed(0)} s, ${busy}, ${String(use.frames)} frames`,
  };
}
