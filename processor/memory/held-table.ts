/** A service that a stage has. */
export interface Held {
  /** When a record of it came last, milliseconds since the epoch. */
  seenMs: number;
  /** When another stage has last seen it, as far as is known. */
  elsewhereMs: number;
  /** Whether what is in the store of it has been taken: only then may it be replaced. */
  taking: "asked" | "taken" | { readonly retryAtMs: number } | undefined;
  /** Whether something was learned of it since it was saved. */
  isChanged: boolean;
}

/** Whether another stage has had records of it since this one has. */
export function isElsewhere({ seenMs, elsewhereMs }: Held): boolean {
  return elsewhereMs > seenMs;
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
        taking: undefined,
        isChanged: false,
      };
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
