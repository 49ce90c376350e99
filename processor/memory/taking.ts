import type { MemoryStore, TakenService } from "../../store/memory.ts";
import type { Breathe } from "../flow/breathe.ts";
import { inTime } from "../flow/in-time.ts";
import type { Held, HeldTable } from "./held-table.ts";
import { createShown, detectorKey, type OnUnusable, type Parts, takeOver } from "./parts.ts";

/** Longest time that a request waits for what is known of its services. */
const WAIT_MS_MAX = 500;
/** After a failure the database is not asked again for the same service before this. */
const RETRY_MS = 1_000;
/** Services that are read together: each is some hundred kilobytes, which nobody else must wait for. */
const TAKEN_AT_ONCE = 20;

/** Goes on from what is known of services. */
export interface Taking {
  /** Rejects with the store's error. */
  all(services: readonly string[]): Promise<void>;
  /** Never rejects: where nobody may wait longer, they are judged without it, and it takes the place of what is learned until it comes. */
  inTime(services: readonly string[]): Promise<void>;
}

/** What taking is done with. */
export interface TakingPorts {
  readonly store: Pick<MemoryStore, "takeServices">;
  readonly parts: Parts;
  /** Name of the stage among those that share the store. */
  readonly instance: string;
  /** What may be kept of a text. */
  readonly show: (text: string) => string;
  readonly breathe: Breathe;
  readonly onUnusable: OnUnusable;
  /** Told why services are judged without what is known of them. */
  readonly onFailure: (reason: unknown) => void;
  /** Milliseconds, never going back. */
  readonly elapsed: () => number;
}

/** @param held where the services are; what is let go of meanwhile is not gone on with */
export function createTaking(held: Pick<HeldTable, "peek">, ports: TakingPorts): Taking {
  const { store, parts, instance, elapsed, breathe, onFailure } = ports;
  /** While the database does not answer in time, nobody waits for it. */
  let isAwaited = true;

  const mark = (services: readonly string[], taking: Held["taking"]) => {
    for (const service of services) {
      const one = held.peek(service);
      if (one !== undefined && one.taking !== "taken") one.taking = taking;
    }
  };
  const some = async (services: readonly string[]) => {
    for (const taken of await store.takeServices(services, instance)) {
      await breathe();
      if (held.peek(taken.service) !== undefined) goOn(taken, ports);
    }
    mark(services, "taken");
  };
  const all = async (services: readonly string[]) => {
    mark(services, "asked");
    for (let from = 0; from < services.length; from += TAKEN_AT_ONCE)
      await some(services.slice(from, from + TAKEN_AT_ONCE));
  };
  const allIfPossible = async (services: readonly string[]) => {
    try {
      await all(services);
      isAwaited = true;
    } catch (reason) {
      mark(services, { retryAtMs: elapsed() + RETRY_MS });
      isAwaited = false;
      onFailure(reason);
    }
  };
  /** Of streams that go on here nobody knows whether they had begun before. */
  const judgeWithout = (services: readonly string[]) => {
    for (const service of services) {
      const one = held.peek(service);
      if (one !== undefined && one.taking !== "taken") parts.windower.takeOver(service, undefined, false);
    }
  };

  return {
    all,
    async inTime(services) {
      const unknown = services.filter((service) => held.peek(service)?.taking === undefined);
      const taking = allIfPossible(services);
      const onLate = (reason: unknown) => {
        isAwaited = false;
        onFailure(reason);
      };
      if (isAwaited) await inTime(taking, onLate, WAIT_MS_MAX);
      judgeWithout(unknown);
    },
  };
}

/** What this stage learned of it meanwhile, where the database came late, is forgotten. */
function goOn({ service, json, isLast, news }: TakenService, { parts, show, onUnusable }: TakingPorts): void {
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
