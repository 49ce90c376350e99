/** A service that a stage has; times are milliseconds of a clock of the stage's own that never goes back. */
export interface Held {
  /** When a record of it came last. */
  seenMs: number;
  /** When another stage has last seen it, as far as is known. */
  elsewhereMs: number;
  /** When a record of it came last where the one before it had come to another stage. */
  returnedMs: number;
  /** Whether what is in the store of it has been taken: only then may it be replaced. */
  taking: "asked" | "taken" | { readonly retryAtMs: number } | undefined;
  /** Whether something was learned of it since it was saved. */
  isChanged: boolean;
}

/** Whether another stage has had records of it since this one has. */
export function isElsewhere({ seenMs, elsewhereMs }: Held): boolean {
  return elsewhereMs > seenMs;
}

/** A service that others have seen, or that has come back, within it is taken to be at several stages: each has some of its streams. */
export const SHARED_MS = 600_000;

/** Whether all of it has gone to another stage, as far as is known: not that each has some of it. */
export function hasMoved(one: Held, nowMs: number): boolean {
  return isElsewhere(one) && nowMs - one.returnedMs > SHARED_MS;
}

/** The services of a stage, bounded: over it the one that was seen longest ago is let go of. */
export interface HeldTable {
  /** A record of it has come: it is there from now on. */
  see(service: string, nowMs: number): Held;
  peek(service: string): Held | undefined;
  all(): readonly (readonly [service: string, one: Held])[];
  letGo(service: string): void;
}

/** @param onLetGo told of each service that is there no more */
export function createHeldTable(servicesMax: number, onLetGo: (service: string) => void): HeldTable {
  const services = new Map<string, Held>();
  const letGo = (service: string) => {
    services.delete(service);
    onLetGo(service);
  };
  return {
    see(service, nowMs) {
      const known = services.get(service);
      if (known !== undefined) services.delete(service);
      const one = known ?? {
        seenMs: nowMs,
        elsewhereMs: Number.NEGATIVE_INFINITY,
        returnedMs: Number.NEGATIVE_INFINITY,
        taking: undefined,
        isChanged: false,
      };
      if (isElsewhere(one)) one.returnedMs = nowMs;
      one.seenMs = nowMs;
      services.set(service, one);
      if (services.size > servicesMax) {
        const [oldest] = services.keys();
        if (oldest !== undefined) letGo(oldest);
      }
      return one;
    },
    peek: (service) => services.get(service),
    all: () => [...services],
    letGo,
  };
}
