import type { MemoryStore } from "../../store/memory.ts";
import { createHeldTable, type Held, hasMoved, isElsewhere } from "./held-table.ts";
import { forget, interrupt } from "./parts.ts";
import { type SaveMemoriesPorts, saveMemories } from "./save-memories.ts";
import { createSightings, type Sightings } from "./sightings.ts";
import { createTaking, type TakingPorts } from "./taking.ts";

/**
 * The services that this stage has: what it knows of them is newer than what is in the store. Which stage gets the records of a service
 * is decided before them, and may change at any time.
 */
export interface HeldServices extends Pick<Sightings, "follow"> {
  /** Takes those that it was the last to have, before it was stopped. Rejects with the store's error. */
  takeOwn(): Promise<void>;
  /**
   * Takes those of them that it does not have, with what is known of them: to be waited for before their records are judged.
   * Undefined where it has them all, or has asked lately; else it resolves when they are taken, or nobody may wait longer.
   */
  admit(services: ReadonlySet<string>): Promise<void> | undefined;
  /** Something of them was learned that is to be saved. */
  changed(services: Iterable<string>): void;
  /** Whether another stage has had records of it since this one has. */
  isElsewhere(service: string): boolean;
  /** Whether all of it has gone to another stage, as far as is known. */
  hasMoved(service: string): boolean;
  /** Writes down what is known of the services that have changed since, of all where the stage ends; rejects as {@link saveMemories}. */
  save(ports: SaveMemoriesPorts): Promise<void>;
}

/** What holding is done with. */
export interface HeldServicesPorts extends TakingPorts {
  readonly store: MemoryStore;
  /** Names this running stage in the journal. */
  readonly writer: string;
  /** Over it the service that was seen longest ago is let go of. */
  readonly servicesMax: number;
}

/** Holds nothing yet. */
export function createHeldServices(ports: HeldServicesPorts): HeldServices {
  const { store, parts, instance, elapsed } = ports;
  const held = createHeldTable(ports.servicesMax, (service) => forget(service, parts));
  const sightings = createSightings(store, held, instance, elapsed);
  const taking = createTaking(held, ports);

  return {
    async takeOwn() {
      for (const service of await store.servicesSeenBy(instance)) held.see(service, elapsed());
      await taking.all(held.all().map(([service]) => service));
    },
    admit(services) {
      const nowMs = elapsed();
      for (const service of services) {
        const known = held.peek(service);
        if (known !== undefined && hasMoved(known, nowMs)) interrupt(service, parts);
        held.see(service, nowMs);
      }
      // Of very many the first ones are let go of again.
      const untaken = [...services].filter((service) => isToTake(held.peek(service), nowMs));
      if (untaken.length === 0) return undefined;
      return taking.inTime(untaken);
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
    hasMoved(service) {
      const one = held.peek(service);
      return one !== undefined && hasMoved(one, elapsed());
    },
    follow: sightings.follow,
    async save(how) {
      // Who has been stopped for a while does not know yet who has its services now.
      await sightings.follow();
      const due = held
        .all()
        .filter(([, one]) => one.taking === "taken" && !isElsewhere(one) && (how.isLast || one.isChanged));
      await saveMemories(due, how, { ...ports, revision: () => sightings.revision });
    },
  };
}

function isToTake(one: Held | undefined, nowMs: number): boolean {
  if (one === undefined) return false;
  return one.taking === undefined || (typeof one.taking === "object" && nowMs >= one.taking.retryAtMs);
}
