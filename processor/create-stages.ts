import { nameAnomalies } from "./enrich/name-anomalies.ts";
import { createBreathe } from "./flow/breathe.ts";
import { createGathering } from "./flow/gathering.ts";
import type { Lane } from "./flow/lane.ts";
import { SLICE_RECORDS } from "./flow/slices.ts";
import { createPanel } from "./panel.ts";
import { parseRecords } from "./parse-records.ts";
import type { Stages } from "./pipeline.ts";
import type { Rooms } from "./rooms.ts";
import { readRequest } from "./wire/read-request.ts";

/** What is around the rooms. */
export interface StagesPorts
  extends Pick<Stages, "enrich" | "forwarder" | "retries" | "scoringBudgetMs">,
    Partial<
      Pick<
        Stages,
        | "protect"
        | "show"
        | "remember"
        | "writeDown"
        | "record"
        | "thinner"
        | "admit"
        | "repeats"
        | "isElsewhere"
        | "hasMoved"
        | "lookElsewhere"
      >
    > {
  readonly lane: Lane;
  /** Who wants to hear only of some things need not name the others. */
  readonly observer?: Partial<Stages["observer"]>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A new ULID; sorts by time. */
  readonly newId: () => string;
  /** Milliseconds, monotonic: how long a request has waited for its turn. */
  readonly waitClock?: () => number;
}

const ignore = () => undefined;

/** Puts the rooms in the order that a record walks through them. */
export function createStages(rooms: Rooms, ports: StagesPorts): Stages {
  const { lane, now, newId, observer, waitClock, ...around } = ports;
  return {
    protect: async (bytes) => bytes,
    show: ignore,
    remember: ignore,
    writeDown: ignore,
    record: ignore,
    admit: ignore,
    repeats: undefined,
    isElsewhere: () => false,
    hasMoved: () => false,
    lookElsewhere: async () => undefined,
    ...around,
    read: readRequest,
    parse: (records) => parseRecords(records, { ...rooms, now }),
    windower: rooms.windower,
    detectors: rooms.detectors,
    panel: createPanel(rooms.detectors),
    lane,
    breathe: createBreathe(),
    toScore: createGathering(lane, SLICE_RECORDS, waitClock),
    toTeach: createGathering(lane, SLICE_RECORDS),
    judge: rooms.judge,
    name: (findings) => nameAnomalies(findings, rooms.explain, newId),
    observer: {
      incoming: ignore,
      scored: ignore,
      failed: ignore,
      prepared: ignore,
      outcome: ignore,
      answered: ignore,
      ...observer,
    },
  };
}
