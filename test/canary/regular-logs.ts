import { encodeRequest } from "../../processor/wire/encode.ts";
import type { TimedRequests } from "./trial.ts";

const RECORDS_A_REQUEST = 50;
const GAP_MS = 100;

/** Services that write hardly anything but the same, each by what it writes as its nth record. */
export const REGULAR_SERVICES: Readonly<Record<string, (nth: number) => string>> = {
  "a heartbeat": () => "heartbeat ok",
  "an access log": (nth) =>
    `10.0.${nth % 250}.${nth % 199} - GET /api/items/${(nth * 7_919) % 9_001} 200 ${(nth * 104_729) % 8_999}`,
  "a poller": (nth) => (nth % 2 === 0 ? "poll started" : "poll finished"),
};

/** The logs of one service alone. @param startMs milliseconds since the epoch */
export function* regularRequests(
  body: (nth: number) => string,
  records: number,
  startMs: number,
): TimedRequests {
  const attributes = { "service.name": "regular" };
  for (let from = 0; from < records; from += RECORDS_A_REQUEST) {
    const some = Array.from({ length: RECORDS_A_REQUEST }, (_, at) => ({
      timeUnixNano: BigInt(startMs + (from + at) * GAP_MS) * 1_000_000n,
      severityNumber: 9,
      body: body(from + at),
    }));
    yield {
      bytes: encodeRequest([{ attributes, records: some }]),
      atMs: startMs + (from + RECORDS_A_REQUEST) * GAP_MS,
    };
  }
}
