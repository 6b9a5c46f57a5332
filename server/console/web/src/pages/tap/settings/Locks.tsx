import { useMutation, useQueryClient } from "@tanstack/react-query";
import { errorSentence } from "../../../api/errors";
import { unlockChannel } from "../../../api/settings";
import type { ChannelLock, TapDetail } from "../../../api/types";
import { Button } from "../../../components/Button";
import { MAC, Stranger, textStyle, When } from "../../../components/text";
import { formatSpan } from "../../../format/time";
import { useNow } from "../../../live/live";
import { useTenant } from "../../../url/useView";
import { longChannel } from "./channels";
import css from "./settings.module.css";

/** The locks that hold, each with the means to end it; nothing where there are none. */
export function Locks({ tap, locks, may }: { tap: TapDetail; locks: readonly ChannelLock[]; may: boolean }) {
  const tenant = useTenant();
  const now = useNow();
  const queries = useQueryClient();
  const unlock = useMutation({
    mutationFn: (lock: ChannelLock) => unlockChannel(tenant, tap.id, lock.id),
    onSettled: () => queries.invalidateQueries({ queryKey: ["taps"] }),
  });
  const held = locks.filter((l) => l.endsAt > now);
  if (held.length === 0 && !unlock.error) return null;
  return (
    <div className={css["locks"]}>
      <ul aria-label="Locked channels">
        {held.map((l) => (
          <li key={l.id}>
            <span className={css["lock"]}>
              <b>{longChannel(l.frequencyMHz)}</b>
              <span className={`${textStyle.soft} ${textStyle.small}`}>
                {l.bssid !== null && (
                  <>
                    for <MAC mac={l.bssid} />,{" "}
                  </>
                )}
                {l.adapter === null ? (
                  "an adapter of its choice"
                ) : (
                  <>
                    adapter <Stranger text={l.adapter} max={64} />
                  </>
                )}
                , until <When at={l.endsAt} /> ({formatSpan(Math.max(10_000, l.endsAt.getTime() - now.getTime()))} left), by{" "}
                <Stranger text={l.createdBy} max={64} />
              </span>
            </span>
            {may && (
              <Button
                small
                onClick={() => unlock.mutate(l)}
                disabled={unlock.isPending}
                aria-label={`Unlock ${longChannel(l.frequencyMHz)}`}
              >
                Unlock
              </Button>
            )}
          </li>
        ))}
      </ul>
      {unlock.error && (
        <p className={css["bad"]} role="alert">
          {errorSentence(unlock.error)}
        </p>
      )}
    </div>
  );
}
