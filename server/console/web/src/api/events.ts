import { z } from "../url/zod";

/** Says what to read again, not what is new: GET /api/v1/events. */
export const changedEvent = z.object({ tenant: z.string(), what: z.array(z.string()), at: z.string() });

export type ChangedEvent = z.infer<typeof changedEvent>;

/** Whether the stream is open. */
export type StreamState = "connecting" | "open" | "lost";

export const streamMessage = z.union([
  z.object({ kind: z.literal("changed"), event: changedEvent }),
  z.object({ kind: z.literal("state"), state: z.enum(["connecting", "open", "lost"]) }),
]);

export type StreamMessage = z.infer<typeof streamMessage>;

/**
 * Opens the node's event stream of a tenant and tells what comes. It reconnects
 * by itself, also after answers that make an EventSource give up. The returned
 * function ends it.
 */
export function listen(tenant: string, tell: (message: StreamMessage) => void): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let delay = 2000;

  const open = (): void => {
    const stream = new EventSource(`/api/v1/events?tenant=${encodeURIComponent(tenant)}`);
    source = stream;
    stream.onopen = () => {
      delay = 2000;
      tell({ kind: "state", state: "open" });
    };
    stream.onerror = () => {
      tell({ kind: "state", state: "lost" });
      if (stream.readyState !== EventSource.CLOSED) return; // it retries by itself
      timer = setTimeout(open, delay);
      delay = Math.min(delay * 2, 60_000);
    };
    stream.addEventListener("changed", (message: MessageEvent<unknown>) => {
      const event = parseEvent(message.data);
      if (event) tell({ kind: "changed", event });
    });
  };

  tell({ kind: "state", state: "connecting" });
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}

function parseEvent(data: unknown): ChangedEvent | null {
  if (typeof data !== "string") return null;
  try {
    return changedEvent.parse(JSON.parse(data));
  } catch {
    return null; // a newer node may say what we do not know
  }
}
