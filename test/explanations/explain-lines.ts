import type { ParsedRecord } from "../../processor/window/sequence-window.ts";
import { type Explained, judgeAbsences, judgeAndLearn } from "./explained.ts";
import { furnish, type Models, type Settings } from "./rooms-under-test.ts";

/** A record on its way, before it has a template. */
export interface Line extends Pick<ParsedRecord, "timeMs" | "severityNumber" | "service" | "stream"> {
  readonly body: string;
}

const REQUEST_MS = 2_000;
const REQUEST_RECORDS = 500;
const WATCH_MS = 1_000;
/** So long after the last line it is still watched for what does not come. */
const WATCHED_MS_MAX = 600_000;

/** What is told of lines, in the order of time, as if they came at the times that they tell. */
export async function explainLines(
  lines: readonly Line[],
  models: Models,
  settings: Settings,
): Promise<readonly Explained[]> {
  let nowMs = lines[0]?.timeMs ?? 0;
  const rooms = furnish(models, () => nowMs, settings);
  const all: Explained[] = [];
  const watchUntil = async (untilMs: number) => {
    for (const endMs = Math.min(untilMs, nowMs + WATCHED_MS_MAX); nowMs < endMs; nowMs += WATCH_MS) {
      all.push(...judgeAbsences(rooms, nowMs));
      all.push(...(await judgeAndLearn(rooms, rooms.windower.closeIdle(nowMs))));
    }
    nowMs = Math.max(nowMs, untilMs);
  };
  for (const request of requestsOf(lines)) {
    await watchUntil(request.at(-1)?.timeMs ?? nowMs);
    const records = request.map(
      ({ body, ...line }, recordIndex): ParsedRecord => ({
        ...line,
        recordIndex,
        match: rooms.miner.mine(body),
      }),
    );
    all.push(...(await judgeAndLearn(rooms, rooms.windower.push(records))));
  }
  await watchUntil(nowMs + WATCHED_MS_MAX);
  return all;
}

/** Lines that a sender would send together. */
function requestsOf(lines: readonly Line[]): readonly (readonly Line[])[] {
  const requests: Line[][] = [];
  for (const line of lines) {
    const open = requests.at(-1);
    const fromMs = open?.[0]?.timeMs ?? Number.NEGATIVE_INFINITY;
    if (open !== undefined && line.timeMs < fromMs + REQUEST_MS && open.length < REQUEST_RECORDS)
      open.push(line);
    else requests.push([line]);
  }
  return requests;
}
