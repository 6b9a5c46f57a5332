import { listen, streamMessage, type StreamMessage } from "./events";

/**
 * Listens to a tenant's events through the browser's one shared stream, or, in a
 * browser without shared workers, through a stream of this tab. The returned
 * function ends it.
 */
export function listenShared(tenant: string, tell: (message: StreamMessage) => void): () => void {
  if (typeof SharedWorker === "undefined") return listen(tenant, tell);
  let worker: SharedWorker;
  try {
    worker = new SharedWorker(new URL("./events.worker.ts", import.meta.url), { type: "module", name: "picket-events" });
  } catch {
    return listen(tenant, tell);
  }
  let fallback: (() => void) | null = null;
  worker.onerror = () => {
    fallback ??= listen(tenant, tell);
  };
  const bye = (): void => worker.port.postMessage("bye");
  worker.port.onmessage = (message: MessageEvent<unknown>) => {
    const parsed = streamMessage.safeParse(message.data);
    if (parsed.success) tell(parsed.data);
  };
  const hello = (): void => worker.port.postMessage(tenant);
  const again = (event: PageTransitionEvent): void => {
    if (event.persisted) hello(); // back from the browser's cache of pages
  };
  hello();
  window.addEventListener("pageshow", again);
  window.addEventListener("pagehide", bye);
  return () => {
    window.removeEventListener("pagehide", bye);
    window.removeEventListener("pageshow", again);
    bye();
    worker.port.close();
    fallback?.();
  };
}
