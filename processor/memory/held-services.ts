import type { MemoryStore, TakenService } from "../../store/memory.ts";
import type { Breathe } from "../flow/breathe.ts";
import { inTime } from "../flow/in-time.ts";
import { createHeldTable, type Held, isElsewhere } from "./held-table.ts";
import { createShown, detectorKey, forget, type OnUnusable, type Parts, takeOver } from "./parts.ts";
import { type SaveMemoriesPorts, saveMemories } from "./save-memories.ts";
import { createSightings, type Sightings } from "./sightings.ts";

/** Longest time that a request waits for what is known of its services. */
const WAIT_MS_MAX = 500;
/** After a failure the database is not asked again for the same service before this. */
const RETRY_MS = 1_000;
/** Services that are read together at the start. */
const TAKEN_AT_ONCE = 50;

/**
 * The services that this stage has: what it knows of them is newer than what is in the store. Which stage gets the records of a service
 * is decided before them, and may change at any time.
 */
export interface HeldServices extends Sightings {
  /** Takes those that it was the last to have, before it was stopped. Rejects with the store's error. */
  takeOwn(): Promise<void>;
  /**
   * Takes those of them that it does not have, with what is known of them: to be waited for before their records are judged.
   * Undefined where it has them all; else it resolves when they are taken, or nobody may wait longer.
   */
  admit(services: ReadonlySet<string>): Promise<void> | undefined;
  /** Something of them was learned that is to be saved. */
  changed(services: Iterable<string>): void;
  /** Whether another stage has had records of it since this one has. */
  isElsewhere(service: string): boolean;
  /** Writes down what is known of the services that have changed since, of all where the stage ends; rejects as {@link saveMemories}. */
  save(ports: SaveMemoriesPorts): Promise<void>;
}

/** What holding is done with. */
export interface HeldServicesPorts {
  readonly store: MemoryStore;
  readonly parts: Parts;
  /** Name of the stage among those that share the store. */
  readonly instance: string;
  /** Names this running stage in the journal. */
  readonly writer: string;
  /** Over it the service that was seen longest ago is let go of. */
  readonly servicesMax: number;
  /** What may be kept of a text. */
  readonly show: (text: string) => string;
  readonly breathe: Breathe;
  readonly onUnusable: OnUnusable;
  /** Told why services are judged without what is known of them. */
  readonly onFailure: (reason: unknown) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Holds nothing yet. */
export function createHeldServices(ports: HeldServicesPorts): HeldServices {
  const { store, parts, instance, now, breathe, onFailure } = ports;
  const held = createHeldTable(ports.servicesMax, (service) => forget(service, parts));
  const sightings = createSightings(store, held, instance, now);
  /** While the database does not answer in time, nobody waits for it. */
  let isAwaited = true;

  const mark = (services: readonly string[], taking: Held["taking"]) => {
    for (const service of services) {
      const one = held.peek(service);
      if (one !== undefined) one.taking = taking;
    }
  };
  const take = async (services: readonly string[]) => {
    mark(services, "asked");
    for (const taken of await store.takeServices(services, instance, now())) {
      await breathe();
      if (held.peek(taken.service) !== undefined) goOn(taken, ports);
    }
    mark(services, "taken");
  };
  const takeIfPossible = async (services: readonly string[]) => {
    try {
      await take(services);
      isAwaited = true;
    } catch (reason) {
      mark(services, { retryAtMs: now() + RETRY_MS });
      isAwaited = false;
      onFailure(reason);
    }
  };

  return {
    async takeOwn() {
      const services = await store.servicesSeenBy(instance);
      for (let from = 0; from < services.length; from += TAKEN_AT_ONCE) {
        const some = services.slice(from, from + TAKEN_AT_ONCE);
        for (const service of some) held.see(service, now());
        await take(some);
      }
    },
    admit(services) {
      const nowMs = now();
      const untaken = [...services].filter((service) => isToTake(held.see(service, nowMs), nowMs));
      if (untaken.length === 0) return undefined;
      const taking = takeIfPossible(untaken);
      if (!isAwaited) return undefined;
      return inTime(
        taking,
        (reason) => {
          isAwaited = false;
          onFailure(reason);
        },
        WAIT_MS_MAX,
      );
    },
    changed(services) {
      for (const service of services) {
        const one = held.peek(service);
        if (one !== undefined) one.isChanged = true;
      }
    },
    isElsewhere(service) {
      const one = held.peek(service);
      return one !== undefined && isElsewhere(one);
    },
    follow: sightings.follow,
    save: (how) =>
      saveMemories(
        held
          .all()
          .filter(([, one]) => one.taking === "taken" && !isElsewhere(one) && (how.isLast || one.isChanged)),
        how,
        ports,
      ),
  };
}

/** What this stage learned of it meanwhile, where the database came late, is forgotten. */
function goOn(
  { service, json, isLast, news }: TakenService,
  { parts, show, onUnusable }: HeldServicesPorts,
): void {
  if (json !== undefined) takeOver({ service, json, isLast }, parts, show, onUnusable);
  const shown = createShown(show);
  for (const { name, json: written } of news) {
    const detector = parts.detectors.find((one) => detectorKey(one) === name);
    try {
      detector?.recall?.(shown(JSON.parse(written)));
    } catch (error) {
      onUnusable(name, error);
    }
  }
}

function isToTake({ taking }: Held, nowMs: number): boolean {
  return taking === undefined || (typeof taking === "object" && nowMs >= taking.retryAtMs);
}
