/// <reference lib="webworker" />
// One event stream a tenant for the whole browser: every tab connects here.
// A tab names its tenant in its first message and is counted until it says bye.
import { listen, type StreamMessage } from "./events";

declare const self: SharedWorkerGlobalScope;

interface Stream {
  ports: Set<MessagePort>;
  last: StreamMessage | null;
  end: () => void;
}

const streams = new Map<string, Stream>();

function join(tenant: string, port: MessagePort): void {
  const known = streams.get(tenant);
  if (known) {
    known.ports.add(port);
    if (known.last) port.postMessage(known.last);
    return;
  }
  const stream: Stream = { ports: new Set([port]), last: null, end: () => undefined };
  streams.set(tenant, stream);
  stream.end = listen(tenant, (message) => {
    if (message.kind === "state") stream.last = message;
    for (const p of stream.ports) p.postMessage(message);
  });
}

function leave(tenant: string, port: MessagePort): void {
  const stream = streams.get(tenant);
  if (!stream) return;
  stream.ports.delete(port);
  if (stream.ports.size > 0) return;
  stream.end();
  streams.delete(tenant);
}

self.onconnect = (connection) => {
  const port = connection.ports[0];
  if (!port) return;
  let tenant = "";
  port.onmessage = (message: MessageEvent<unknown>) => {
    if (message.data === "bye") leave(tenant, port);
    else if (typeof message.data === "string") {
      tenant = message.data;
      join(tenant, port);
    }
  };
};
