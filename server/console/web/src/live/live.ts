import { createContext, useContext } from "react";
import type { StreamState } from "../api/events";

/** Whether the page follows what happens, and how. */
export interface Live {
  stream: StreamState;
  paused: boolean;
  missed: number; // changes told while paused
  setPaused: (paused: boolean) => void;
}

export const LiveContext = createContext<Live>({ stream: "connecting", paused: false, missed: 0, setPaused: () => undefined });

export function useLive(): Live {
  return useContext(LiveContext);
}

/** The moment that relative times on the page refer to; moves every ten seconds. */
export const NowContext = createContext(new Date());

export function useNow(): Date {
  return useContext(NowContext);
}

/** Query keys to read again for the words of a changed event. Home counts what all others hold. */
export function keysOf(what: Iterable<string>): string[] {
  const known = ["taps", "bss", "clients", "hosts", "home"];
  return known.filter((key) => new Set(what).has(key));
}
