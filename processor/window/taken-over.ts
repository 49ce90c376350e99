import type { StreamPast } from "./open-stream.ts";
import { readStreamStates, type StreamStates } from "./stream-states.ts";

/** After it a stream that has not gone on is not known any more. */
const REMEMBERED_MS = 600_000;

/** Services whose streams were cut elsewhere before. */
export interface TakenOver {
  /** Throws an Error that names the field when the state is not in the expected format; the service is taken over all the same. */
  add(service: string, state: unknown, isLast: boolean, nowMs: number): void;
  /** What is known of a stream that is opened; undefined where its service has always been here. */
  before(service: string, stream: string, nowMs: number): Omit<StreamPast, "previousOf"> | undefined;
  /** Since when the service is here; undefined where that is long ago, or always. */
  sinceMs(service: string, nowMs: number): number | undefined;
  /** Whether every stream of the service that may still go on has gone on here by now, or there is none. */
  isPast(service: string, nowMs: number): boolean;
  /** Records of any of them may have passed since. */
  skip(): void;
  forget(service: string): void;
  /** Lets go of what nobody can go on from any more. */
  forgetOld(nowMs: number): void;
}

interface Taken {
  readonly states: StreamStates | undefined;
  readonly isLast: boolean;
  readonly sinceMs: number;
}

/** @param idleMs streams that seem to begin within it after the service came may have begun before */
export function createTakenOver(idleMs: number): TakenOver {
  const services = new Map<string, Taken>();
  const isOld = ({ sinceMs }: Taken, nowMs: number) => nowMs - sinceMs > Math.max(REMEMBERED_MS, idleMs);
  const find = (service: string, nowMs: number): Taken | undefined => {
    const taken = services.get(service);
    return taken === undefined || isOld(taken, nowMs) ? undefined : taken;
  };
  return {
    add(service, state, isLast, sinceMs) {
      services.set(service, { states: undefined, isLast, sinceMs });
      if (state !== undefined) services.set(service, { states: readStreamStates(state), isLast, sinceMs });
    },
    before(service, stream, nowMs) {
      const taken = find(service, nowMs);
      if (taken === undefined) return undefined;
      const { states, isLast, sinceMs } = taken;
      const state = states?.take(stream);
      if (state !== undefined) return { state, isBroken: !isLast, isMidway: !isLast };
      const isAllKnown = isLast && states?.isComplete === true;
      return { state, isBroken: false, isMidway: !isAllKnown && nowMs - sinceMs <= idleMs };
    },
    sinceMs: (service, nowMs) => find(service, nowMs)?.sinceMs,
    isPast(service, nowMs) {
      const taken = find(service, nowMs);
      if (taken === undefined || nowMs - taken.sinceMs > idleMs) return true;
      return taken.isLast && taken.states?.isComplete === true && taken.states.left() === 0;
    },
    skip() {
      for (const [service, taken] of services) services.set(service, { ...taken, isLast: false });
    },
    forget: (service) => void services.delete(service),
    forgetOld(nowMs) {
      for (const [service, taken] of services) if (isOld(taken, nowMs)) services.delete(service);
    },
  };
}
