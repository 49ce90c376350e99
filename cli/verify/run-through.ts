import { ulid } from "ulid";
import { createStages } from "../../processor/create-stages.ts";
import { createThinner } from "../../processor/create-thinner.ts";
import { createEnrich } from "../../processor/enrich/enrich.ts";
import { withinLimit } from "../../processor/enrich/within-limit.ts";
import { createLane } from "../../processor/flow/lane.ts";
import { isOutcome, processRequest } from "../../processor/pipeline.ts";
import { createRetryMemory } from "../../processor/receive/retries.ts";
import { createRequestRedactor } from "../../processor/redact/redact-request.ts";
import { createRooms } from "../../processor/rooms.ts";
import { splitRequest } from "../../processor/wire/split.ts";
import type { Config } from "../config.ts";
import type { OpenModel } from "../open-scorer.ts";

/** What a stage would send on for one request. */
export interface RunThrough {
  readonly enriched: Uint8Array;
  /** Indexes of the records that sampling left out of them. */
  readonly leftOut: ReadonlySet<number>;
  /** As it would be sent on: redacted, where `redact.forward` says so. */
  readonly sent: Uint8Array;
  /** As it would be cut for the next hop. */
  readonly parts: readonly Uint8Array[];
  /** Why the request was refused, where it was. */
  readonly refusal: string | undefined;
}

const NONE: ReadonlySet<number> = new Set();

/** Sends requests through the rooms of a stage, one after the other, with the model and without doors. */
export function createRunThrough(
  config: Config,
  { scorer, encoder }: OpenModel,
): (bytes: Uint8Array) => Promise<RunThrough> {
  const rooms = createRooms(config, { scorer, encoder, now: Date.now });
  const bytesMax = config.forward.max_message_bytes;
  const enrich = createEnrich(config.attributes.prefix);
  let enriched: Uint8Array = new Uint8Array(0);
  let sent: Uint8Array = enriched;
  let leftOut: ReadonlySet<number> = NONE;
  const stages = createStages(rooms, {
    lane: createLane(config.detect.max_records_in_work),
    enrich(request, judged, thinned) {
      enriched = withinLimit(request, enrich(request, judged, thinned), bytesMax);
      // Of which nothing may be sent.
      sent = enriched;
      leftOut = thinned?.leftOut ?? NONE;
      return enriched;
    },
    ...(config.redact.forward ? { protect: createRequestRedactor(rooms.redactor) } : {}),
    // One request comes after the other here: none has another to wait for.
    thinner: createThinner(
      { ...config, sampling: { ...config.sampling, hold_ms: 0 } },
      { judge: rooms.judge, onEarly: () => undefined, onMissed: () => undefined },
    ),
    forwarder: {
      forward: async (bytes) => {
        sent = bytes;
        return { kind: "accepted", rejectedRecords: 0, message: "" };
      },
      close: async () => undefined,
    },
    retries: createRetryMemory({ isSettled: isOutcome, max_bytes: 0, max_age_ms: 1, now: Date.now }),
    scoringBudgetMs: config.detect.scoring_budget_ms,
    now: Date.now,
    newId: ulid,
  });
  return async (bytes) => {
    const outcome = await processRequest({ bytes, transport: "grpc" }, stages, new AbortController().signal);
    if (outcome.kind !== "accepted")
      return { enriched: bytes, leftOut: NONE, sent: bytes, parts: [], refusal: outcome.message };
    return { enriched, leftOut, sent, parts: splitRequest(sent, bytesMax), refusal: undefined };
  };
}
