import { z } from "zod";
import { stateList } from "../template/state-list.ts";
import type { DetectorName } from "./evidence.ts";

/** What one service has taught, and how much memory it takes. */
export interface Sized {
  /** In whatever the detector counts; grows and shrinks as it learns. */
  size(): number;
  snapshot(): unknown;
}

/** Bounds of a table over all services. */
export interface SizedTableLimits {
  readonly servicesMax: number;
  /** Sum of the sizes. */
  readonly sizeMax: number;
}

/** One value for each service; over a limit the least recently taught service is forgotten. */
export interface SizedTable<T> {
  /** The service's value as it is; nothing is created or moved. */
  peek(service: string): T | undefined;
  /** Changes the service's value, created when there is none, and makes it the most recently taught. */
  teach(service: string, change: (value: T) => void): void;
  /** Least recently taught first. */
  entries(): Iterable<readonly [string, T]>;
  /** Of one service, or of all where none is named. */
  snapshot(service?: string): unknown;
  /** Takes back what `snapshot` gave, in the place of what there is of its services; throws an Error that names the field when it is not
   * in the expected format. */
  restore(state: unknown): void;
  forget(service: string): void;
}

/**
 * A detector's memory: one value for each service, bounded over all of them.
 * @param create from a saved state, or empty
 */
export function createSizedTable<T extends Sized, S>(
  detector: DetectorName,
  { servicesMax, sizeMax }: SizedTableLimits,
  stateOfService: z.ZodType<S>,
  create: (state?: S) => T,
): SizedTable<T> {
  const tableState = z.strictObject({
    version: z.literal(1),
    services: z.array(z.tuple([z.string(), stateOfService])),
  });
  const values = new Map<string, T>();
  let sizeTotal = 0;
  /** What was taught last is last in order already. */
  let newest: string | undefined;

  const touch = (service: string): T => {
    const known = values.get(service);
    if (known !== undefined && service === newest) return known;
    const value = known ?? create();
    if (known === undefined) sizeTotal += value.size();
    else values.delete(service);
    values.set(service, value);
    newest = service;
    return value;
  };
  const isFull = () => values.size > servicesMax || (sizeTotal > sizeMax && values.size > 1);
  const forget = (service: string) => {
    sizeTotal -= values.get(service)?.size() ?? 0;
    values.delete(service);
    if (service === newest) newest = undefined;
  };
  const makeRoom = () => {
    if (!isFull()) return;
    for (const service of values.keys()) {
      forget(service);
      if (!isFull()) return;
    }
  };
  const entriesOf = (service: string | undefined): Iterable<readonly [string, T]> => {
    if (service === undefined) return values;
    const value = values.get(service);
    return value === undefined ? [] : [[service, value]];
  };

  return {
    peek: (service) => values.get(service),
    teach(service, change) {
      const value = touch(service);
      sizeTotal -= value.size();
      try {
        change(value);
      } finally {
        sizeTotal += value.size();
      }
      makeRoom();
    },
    entries: () => values,
    snapshot: (service) => ({
      version: 1,
      services: stateList(entriesOf(service), ([name, value]) => [name, value.snapshot()]),
    }),
    restore(state) {
      const parsed = tableState.safeParse(state);
      if (!parsed.success)
        throw new Error(
          `The state of the ${detector} detector is not usable: ${z.prettifyError(parsed.error)}`,
        );
      for (const [service, saved] of parsed.data.services) {
        forget(service);
        const value = create(saved);
        values.set(service, value);
        sizeTotal += value.size();
      }
      makeRoom();
    },
    forget,
  };
}
