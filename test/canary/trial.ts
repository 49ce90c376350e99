import { configSchema } from "../../cli/config.ts";
import { openTriedScorer } from "../../cli/open-scorer.ts";
import { beforeRuns } from "../../processor/canary/canary-health.ts";
import { type Canaries, createCanaries } from "../../processor/canary/create-canaries.ts";
import { createStages } from "../../processor/create-stages.ts";
import { createLane } from "../../processor/flow/lane.ts";
import { createSinkForwarder } from "../../processor/forward/sink.ts";
import { createSwappableScorer } from "../../processor/inference/swappable-scorer.ts";
import { mulberry32 } from "../../processor/learn/mulberry32.ts";
import { processRequest } from "../../processor/pipeline.ts";
import { createRooms } from "../../processor/rooms.ts";
import { createAskLive, readyServices } from "../../processor/stage-canaries.ts";
import { SHIPPED_MODEL } from "../helpers/shipped-model.ts";

/** Requests of normal logs, each with the time at which it comes, in milliseconds since the epoch. */
export type TimedRequests = Iterable<{ readonly bytes: Uint8Array; readonly atMs: number }>;

/** The shipped weights and all that judges records, with canaries that run when they are told to. */
export interface Trial {
  readonly canaries: Canaries;
  /** Judges and learns them, one after the other. */
  feed(requests: TimedRequests): Promise<void>;
  /** Puts other weights in use. */
  use(directory: string): Promise<void>;
  close(): Promise<void>;
}

const config = configSchema.parse({});
const open = (directory: string) => openTriedScorer(directory, config.inference, () => undefined);

/** @param startMs time before the first request */
export async function startTrial(startMs: number): Promise<Trial> {
  const scorer = createSwappableScorer(await open(SHIPPED_MODEL));
  let nowMs = startMs;
  const now = () => nowMs;
  const rooms = createRooms(config, { scorer, encoder: scorer.encoder, now });
  const canaries = createCanaries({
    ask: createAskLive(rooms),
    readyServices: () => readyServices(rooms.judge),
    minRecall: config.canary.min_recall,
    before: beforeRuns(undefined, false),
    onChanged: () => undefined,
    random: mulberry32(1),
    now,
  });
  const stages = createStages(rooms, {
    retries: { begin: (_, make) => ({ made: make(() => true), end: () => undefined }), bytes: 0 },
    lane: createLane(Number.POSITIVE_INFINITY),
    enrich: (request) => request.bytes,
    forwarder: createSinkForwarder(),
    record: canaries.record,
    scoringBudgetMs: 600_000,
    now,
    newId: () => "",
  });
  return {
    canaries,
    async feed(requests) {
      for (const { bytes, atMs } of requests) {
        nowMs = atMs;
        await processRequest({ bytes, transport: "http" }, stages, new AbortController().signal);
        await stages.lane.drained();
      }
    },
    use: async (directory) => scorer.replace(await open(directory)),
    close: scorer.close,
  };
}
