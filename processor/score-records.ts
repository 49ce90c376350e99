import { isOutcome, leaveInTurn, readOrRefuse, type Stages } from "./pipeline.ts";
import type { ScoreOutcome } from "./receive/services/score.ts";
import { judgeAnswers } from "./scoring.ts";
import { takeTurn } from "./scoring-turn.ts";
import { acknowledge } from "./teaching.ts";

/**
 * The way of a request that asks for scores: that of any other one, but for its end. There is no next hop: it teaches when it is
 * judged; and who asks again is answered again. With too much to do it is refused, because who asks wants nothing but scores. Rejects when something of ours breaks.
 */
export async function scoreRecords(
  bytes: Uint8Array,
  stages: Stages,
  signal: AbortSignal,
): Promise<ScoreOutcome> {
  const request = readOrRefuse(bytes, stages);
  if (isOutcome(request)) return request;
  const { records } = request;
  const place = stages.lane.enter(records.length);
  if (place === undefined)
    return waitAWhile("more records are being worked on than detect.max_records_in_work");
  try {
    const startedAtMs = performance.now();
    const isAwaited = () => !signal.aborted;
    const asked = await takeTurn({ records, isAwaited, repeats: undefined }, stages);
    if (asked === "gone") return waitAWhile("the caller went away");
    const scored = "outcome" in asked ? await judgeAnswers(asked) : asked;
    stages.observer.scored(records.length, scored, (performance.now() - startedAtMs) / 1000);
    const { judged, slices } = scored;
    await acknowledge({ request, judged, slices, hasTaught: false }, { ...stages, repeats: undefined });
    return { kind: "scored", judged };
  } finally {
    leaveInTurn(place, stages);
  }
}

function waitAWhile(message: string): ScoreOutcome {
  return { kind: "retry", afterMs: undefined, message };
}
