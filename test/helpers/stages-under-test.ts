import { calibrateConfig } from "../../processor/calibrate/config.ts";
import { createStages, type StagesPorts } from "../../processor/create-stages.ts";
import { detectConfig } from "../../processor/detect/config.ts";
import type { EventScorer } from "../../processor/detect/event-scorer.ts";
import { attributesConfig } from "../../processor/enrich/config.ts";
import { createEnrich } from "../../processor/enrich/enrich.ts";
import { createLane } from "../../processor/flow/lane.ts";
import type { ForwardOutcome } from "../../processor/forward/forward-outcome.ts";
import { isOutcome, processRequest, type Stages } from "../../processor/pipeline.ts";
import { createRetryMemory } from "../../processor/receive/retries.ts";
import { redactConfig } from "../../processor/redact/config.ts";
import { createRooms } from "../../processor/rooms.ts";
import { templateConfig } from "../../processor/template/config.ts";
import { windowConfig } from "../../processor/window/config.ts";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { evenSurprises } from "./even-surprises.ts";
import { standInEncoder } from "./stand-in-encoder.ts";

export const ACCEPTED: ForwardOutcome = { kind: "accepted", rejectedRecords: 0, message: "" };
export const config = {
  template: templateConfig.parse({}),
  window: windowConfig.parse({}),
  detect: detectConfig.parse({}),
  calibrate: calibrateConfig.parse({}),
  redact: redactConfig.parse({}),
  attributes: attributesConfig.parse({}),
};
export const evenScorer: EventScorer = {
  version: "even",
  eventsMax: 20,
  residual: () => undefined,
  score: async (batch) => evenSurprises(batch, 1),
};

const requestFrom = (nanoseconds: bigint) =>
  encodeRequest([
    {
      attributes: { "service.name": "shop" },
      records: ["a", "b", "c"].map((body, i) => ({
        timeUnixNano: nanoseconds + BigInt(i),
        body: `event ${body}`,
      })),
    },
  ]);
export const request = requestFrom(1n);
/** The same events once more: no retry of {@link request}. */
export const next = requestFrom(4n);

/** The real rooms, with one of them replaced, and what became of the request. */
export function stagesUnderTest(
  { detectors: others, lane, waitClock, ...changes }: Partial<Stages> & Pick<StagesPorts, "waitClock"> = {},
  scorer: EventScorer = evenScorer,
) {
  const rooms = createRooms(config, { scorer, encoder: standInEncoder, now: () => 1 });
  const detectors = others ?? rooms.detectors;
  const seen = {
    forwarded: [] as Uint8Array[],
    unscored: 0,
    remembered: 0,
    learned: 0,
    absent: [] as string[],
    failed: [] as string[],
  };
  const real = createStages(
    {
      ...rooms,
      detectors,
      judge: {
        ...rooms.judge,
        learn: (findings) => {
          seen.learned += findings.length;
        },
      },
    },
    {
      lane: lane ?? createLane(1_000_000),
      enrich: createEnrich("anomaly"),
      forwarder: {
        forward: async (bytes) => {
          seen.forwarded.push(bytes);
          return ACCEPTED;
        },
        close: async () => undefined,
      },
      retries: createRetryMemory({ isSettled: isOutcome, max_bytes: 1e6, max_age_ms: 1e6, now: () => 1 }),
      remember: () => {
        seen.remembered += 1;
      },
      scoringBudgetMs: 100,
      observer: {
        scored: (_, { absent, unscored }) => {
          seen.absent.push(...absent.keys());
          for (const { records } of unscored.values()) seen.unscored += records;
        },
        failed: (what) => {
          seen.failed.push(what);
        },
      },
      now: () => 1,
      newId: () => "id",
      ...(waitClock === undefined ? {} : { waitClock }),
    },
  );
  return { stages: { ...real, ...changes }, seen };
}

/** Sends it, and waits until it has taught. */
export const send = async (to: Stages, bytes = request) => {
  const outcome = await processRequest({ bytes, transport: "grpc" }, to, new AbortController().signal);
  await to.lane.drained();
  return outcome;
};

export const boom = () => {
  throw new Error("broken");
};
