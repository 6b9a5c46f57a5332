import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { listenShared } from "../api/stream";
import type { StreamState } from "../api/events";
import { isMoving } from "../url/range";
import { useRange, useTenant } from "../url/useView";
import { keysOf, LiveContext, NowContext } from "./live";

/** Changes come up to once a second; lists are read again at most this often. */
const SETTLE_MS = 5000;
/** Events only wake; a poll always remains. */
const POLL_MS = 60_000;

/** Listens to the node and reads again what changed, unless paused or the time range stands still. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const tenant = useTenant();
  const moving = isMoving(useRange());
  const [stream, setStream] = useState<StreamState>("connecting");
  const [paused, setPaused] = useState(false);
  const [missed, setMissed] = useState(0);
  const [now, setNow] = useState(() => new Date());
  const waiting = useRef(new Set<string>());
  const follow = moving && !paused;

  useEffect(
    () =>
      listenShared(tenant, (message) => {
        if (message.kind === "state") setStream(message.state);
        else if (message.event.tenant === tenant) {
          for (const what of message.event.what) waiting.current.add(what);
          setMissed((n) => n + 1);
        }
      }),
    [tenant],
  );

  useEffect(() => {
    if (!follow) return;
    const read = (keys: string[]): void => {
      for (const key of keys) void queries.invalidateQueries({ queryKey: [key] });
    };
    const settle = setInterval(() => {
      if (document.visibilityState === "hidden") return;
      read(keysOf(waiting.current));
      waiting.current.clear();
      setMissed(0);
    }, SETTLE_MS);
    const poll = setInterval(() => read(["home", "taps", "bss", "clients", "hosts"]), POLL_MS);
    return () => {
      clearInterval(settle);
      clearInterval(poll);
    };
  }, [follow, queries]);

  useEffect(() => {
    const tick = setInterval(() => setNow(new Date()), 10_000);
    return () => clearInterval(tick);
  }, []);

  const live = useMemo(() => ({ stream, paused, missed, setPaused }), [stream, paused, missed]);
  return (
    <LiveContext value={live}>
      <NowContext value={now}>{children}</NowContext>
    </LiveContext>
  );
}
