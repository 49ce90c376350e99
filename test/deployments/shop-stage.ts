import { join } from "node:path";
import { ulid } from "ulid";
import { type Config, configSchema } from "../../cli/config.ts";
import { createLogStream } from "../../cli/generate/create-log-stream.ts";
import type { GeneratedRecord } from "../../cli/generate/generated-record.ts";
import type { Incident } from "../../cli/generate/incident.ts";
import { toResources } from "../../cli/generate/to-resources.ts";
import type { OpenModel } from "../../cli/open-scorer.ts";
import { createStages } from "../../processor/create-stages.ts";
import { createEnrich } from "../../processor/enrich/enrich.ts";
import { createBreathe } from "../../processor/flow/breathe.ts";
import { createLane } from "../../processor/flow/lane.ts";
import { createSinkForwarder } from "../../processor/forward/sink.ts";
import { openMemory } from "../../processor/memory/create-memory.ts";
import { isOutcome, processRequest, type Stages } from "../../processor/pipeline.ts";
import { createRetryMemory } from "../../processor/receive/retries.ts";
import { createRememberer } from "../../processor/remember/remember.ts";
import { createRooms } from "../../processor/rooms.ts";
import { processAbsences, processIdle } from "../../processor/what-is-missing.ts";
import { encodeRequest, type NewResource } from "../../processor/wire/encode.ts";
import type { StoredAnomaly } from "../../store/anomaly.ts";
import { openStore } from "../../store/open-store.ts";
import type { StageStatus, Store } from "../../store/store.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

export const BEGIN_MS = Date.UTC(2026, 0, 5, 14);
const MINUTE_MS = 60_000;
const STEP_MS = 1_000;

const STATUS: StageStatus = {
  instance: "logbert",
  version: "1.2.3",
  modelVersion: "test",
  startedAtMs: BEGIN_MS,
  updatedAtMs: BEGIN_MS,
  recordsPerSecond: 20,
  forwardEndpoint: undefined,
  forwardState: "sink",
};

/** The rooms of a stage over a real store, on a clock of their own, and a shop whose logs they are sent. */
export interface ShopStage {
  readonly store: Store;
  /** Plays the shop until so many minutes after its beginning. */
  playUntil(minutes: number): Promise<void>;
  /** Sends what the shop does not write. */
  send(resources: readonly NewResource[]): Promise<void>;
  /** Stops, and goes on with what was written down. */
  restart(): Promise<void>;
  /** All that has alerted, newest first. */
  alerts(): Promise<readonly StoredAnomaly[]>;
  close(): Promise<void>;
}

/** What is played. */
export interface ShopOptions {
  readonly settings?: object;
  /** Minutes after the beginning. */
  readonly releaseAt?: number;
  readonly incidents?: readonly Incident[];
}

/** A shop of 20 records a second. */
export async function startShopStage(model: OpenModel, options: ShopOptions = {}): Promise<ShopStage> {
  const { settings = {}, releaseAt, incidents = [] } = options;
  const config = configSchema.parse(settings);
  const store = await openStore({ path: join(temporaryDirectory("deployments"), "logbert.db") });
  const stream = createLogStream({
    seed: 42,
    startMs: BEGIN_MS,
    ratePerSecond: 20,
    incidents,
    release: releaseAt === undefined ? undefined : { atMs: BEGIN_MS + releaseAt * MINUTE_MS },
  });
  let nowMs = BEGIN_MS;
  let running = await furnish(config, store, model, () => nowMs);
  return {
    store,
    async playUntil(minutes) {
      const untilMs = BEGIN_MS + minutes * MINUTE_MS;
      for (; nowMs < untilMs; nowMs += STEP_MS) await running.take(stream.next(nowMs + STEP_MS));
    },
    async send(resources) {
      await running.send(resources);
      await running.flush();
    },
    async restart() {
      await running.stop();
      running = await furnish(config, store, model, () => nowMs);
    },
    async alerts() {
      return (await store.anomalies({}, { first: 1_000 })).filter(({ isAlert }) => isAlert);
    },
    async close() {
      await running.stop();
      await store.close();
    },
  };
}

/** The rooms with what the store knows of them. */
async function furnish(config: Config, store: Store, { scorer, encoder }: OpenModel, now: () => number) {
  const fail = (what: string, cause: unknown) => {
    throw new Error(`${what} failed`, { cause });
  };
  const { rooms, memory } = await openMemory(
    {
      ...{ store, now, instance: "logbert", servicesMax: 100, breathe: createBreathe() },
      ...{ onUnusable: fail, onFailure: fail, elapsed: () => performance.now(), newId: () => ulid(now()) },
    },
    (minerSnapshot) => createRooms(config, { scorer, encoder, now, minerSnapshot }),
  );
  const rememberer = createRememberer(config.remember, {
    ...rooms,
    store,
    newId: () => ulid(now()),
    now,
    learningState: (service) => rooms.judge.service(service)?.state ?? "learning",
    thresholds: () => [],
    status: () => STATUS,
    onDropped: () => undefined,
  });
  const stages: Stages = createStages(rooms, {
    lane: createLane(1_000_000),
    enrich: createEnrich("anomaly"),
    forwarder: createSinkForwarder(),
    retries: createRetryMemory({ isSettled: isOutcome, max_bytes: 1e6, max_age_ms: 1e6, now }),
    remember: rememberer.remember,
    ...memory,
    // On a clock that runs so fast nobody has time to wait for the disk.
    writeDown: () => undefined,
    record: memory.learned,
    scoringBudgetMs: 60_000,
    observer: { failed: fail },
    now,
    newId: () => ulid(now()),
  });
  const send = async (resources: readonly NewResource[]) => {
    const arrival = { bytes: encodeRequest(resources), transport: "grpc" } as const;
    const { kind } = await processRequest(arrival, stages, new AbortController().signal);
    if (kind !== "accepted") throw new Error(`the stage answered ${kind}`);
    await stages.lane.drained();
  };
  return {
    send,
    flush: rememberer.flush,
    /** A second of the shop, and what it lacks. */
    async take(records: readonly GeneratedRecord[]) {
      await send(toResources(records));
      await processAbsences(now, stages);
      await processIdle(now(), stages);
      await stages.lane.drained();
      await rememberer.flush();
    },
    async stop() {
      await rememberer.flush();
      await memory.save({ learned: stages.lane.drained, afterSlice: () => undefined, isLast: true });
    },
  };
}
