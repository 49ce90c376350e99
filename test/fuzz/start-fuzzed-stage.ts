import { join } from "node:path";
import { pino } from "pino";
import { monotonicFactory } from "ulid";
import { configSchema } from "../../cli/config.ts";
import type { EventScorer } from "../../processor/detect/event-scorer.ts";
import { createNoLearning } from "../../processor/promote/no-learning.ts";
import { startStage } from "../../processor/stage.ts";
import { createMetrics } from "../../processor/telemetry/metrics.ts";
import { openStore } from "../../store/open-store.ts";
import { evenSurprises } from "../helpers/even-surprises.ts";
import { standInEncoder } from "../helpers/stand-in-encoder.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

/** What the fuzzed stage takes at most: small, so that what is too large is soon made. */
export const REQUEST_BYTES_MAX = 1024 * 1024;
/** Room for so many of the largest requests at one time. */
export const LARGEST_AT_ONE_TIME = 24;
/** Counted besides its own bytes. */
const BYTES_FOR_EACH_REQUEST = 8_192;

/** The product's stage in this process: all of it but the model, which a stand-in replaces. */
export interface FuzzedStage {
  readonly grpcAddress: string;
  readonly httpAddress: string;
  /** Errors that the stage logged: a request that could not be processed, and the like. */
  readonly errors: string[];
  stop(): Promise<void>;
}

const scorer: EventScorer = {
  version: "even",
  eventsMax: 20,
  residual: () => undefined,
  score: async (batch) => evenSurprises(batch, 1),
};

/** @param forward URL of the next hop */
export async function startFuzzedStage(forward: string): Promise<FuzzedStage> {
  const directory = temporaryDirectory("fuzz");
  const config = configSchema.parse({
    receive: {
      grpc: { endpoint: "127.0.0.1:0" },
      http: { endpoint: "127.0.0.1:0" },
      max_request_bytes: REQUEST_BYTES_MAX,
      max_in_flight_bytes: LARGEST_AT_ONE_TIME * (REQUEST_BYTES_MAX + BYTES_FOR_EACH_REQUEST),
      max_connection_age_ms: 3_600_000,
    },
    // Each request by itself: the ledger knows requests, not what several of them were joined to.
    forward: { endpoint: forward, timeout_ms: 60_000, join: { enabled: false } },
    // The self-check must find nothing, whatever the request looks like.
    attributes: { self_check_share: 1 },
    // Small tables, so that they are soon full and what grows afterwards is a leak.
    template: { max_templates: 500 },
    window: { max_streams: 200 },
    detect: { max_services: 20, max_known_templates: 500, scoring_budget_ms: 60_000 },
    calibrate: { max_services: 20, reservoir_size: 128 },
  });
  const store = await openStore({ path: join(directory, "logbert.db") });
  const metrics = createMetrics();
  const newId = monotonicFactory();
  const errors: string[] = [];
  const stage = await startStage(config, {
    store,
    metrics: {
      ...metrics,
      losslessMismatched: (records) => errors.push(`the self-check found ${records} altered records`),
    },
    log: pino({ level: "error", base: null }, { write: (line: string) => errors.push(line.trim()) }),
    now: Date.now,
    newId: () => newId(),
    scorer,
    encoder: standInEncoder,
    learning: createNoLearning(store, Date.now, "test"),
    instance: "logbert",
    version: "fuzz",
    live: () => undefined,
  });
  return {
    grpcAddress: stage.grpcAddress ?? "",
    httpAddress: stage.httpAddress ?? "",
    errors,
    async stop() {
      await stage.stop();
      await metrics.close();
      await store.close();
    },
  };
}
