import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { samplingConfig } from "../../processor/thin/config.ts";
import { SETTLING_MS } from "../../processor/thin/stream-table.ts";
import { createThinning } from "../../processor/thin/thinning.ts";
import { findingsOf, parsedOf } from "../../test/helpers/thinning-stream.ts";

/**
 * Bytes of heap for each stream that thinning remembers, when each has had as many records as are remembered of it.
 * @param streams so many
 */
export async function heapOfStreams(streams: number, contextRecords: number): Promise<number> {
  const before = heapInUse();
  let nowMs = 0;
  const thinning = createThinning(
    samplingConfig.parse({ enabled: true, hold_ms: 0, undecided: "sample", context_records: contextRecords }),
    {
      heldRecordsMax: Number.POSITIVE_INFINITY,
      streamsMax: streams,
      now: () => nowMs,
      later: () => () => undefined,
      onEarly: () => undefined,
      onMissed: () => undefined,
    },
  );
  nowMs = SETTLING_MS;
  for (let stream = 0; stream < streams; stream += 1) {
    // As long as a trace id, and a text of its own, as texts are that come out of a request.
    const name = Buffer.from(stream.toString(16).padStart(32, "0")).toString();
    const own = Array.from({ length: contextRecords }, () => ({ stream: name, opinion: "normal" as const }));
    const place = thinning.enter({ records: own.length, bytes: 1, parsed: parsedOf(own) });
    await place.judged({ findings: findingsOf(own), isReliable: () => true });
    place.leave();
  }
  const after = heapInUse();
  thinning.stop();
  return (after - before) / streams;
}

function heapInUse(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
  return process.memoryUsage().heapUsed;
}
