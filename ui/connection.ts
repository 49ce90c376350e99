import { createContext, useContext, useSyncExternalStore } from "react";

/** Whether new anomalies arrive by themselves at this moment. */
export type ConnectionState = "connecting" | "live" | "lost";

/** The live connection's state, and how often it was made anew: after each time the page must fetch what it missed. */
export interface ConnectionSnapshot {
  readonly state: ConnectionState;
  readonly connects: number;
}

/** The state of one live connection, for everybody who shows it. */
export interface ConnectionMonitor {
  current(): ConnectionSnapshot;
  report(state: ConnectionState): void;
  /** Calls the listener after each change; returns its removal. */
  subscribe(listener: () => void): () => void;
}

/** A monitor that starts as "connecting". */
export function createConnectionMonitor(): ConnectionMonitor {
  let snapshot: ConnectionSnapshot = { state: "connecting", connects: 0 };
  const listeners = new Set<() => void>();
  return {
    current: () => snapshot,
    report(state) {
      if (state === snapshot.state) return;
      snapshot = { state, connects: snapshot.connects + (state === "live" ? 1 : 0) };
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Where components find the page's connection. */
export const ConnectionContext = createContext<ConnectionMonitor>(createConnectionMonitor());

/** The live connection's state, kept current. */
export function useConnection(): ConnectionSnapshot {
  const monitor = useContext(ConnectionContext);
  return useSyncExternalStore(monitor.subscribe, monitor.current);
}
