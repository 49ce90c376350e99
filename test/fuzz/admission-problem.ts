import { Buffer } from "node:buffer";
import type { FuzzCase } from "./fuzz-case.ts";
import { createHttpSender } from "./http-sender.ts";
import type { RecordingSink } from "./recording-sink.ts";
import { type FuzzedStage, LARGEST_AT_ONE_TIME, REQUEST_BYTES_MAX } from "./start-fuzzed-stage.ts";
import { encodeNodes } from "./wire-tree.ts";

/**
 * Whether the stage still holds bytes of requests that are gone: requests that fill it to the last byte are all taken exactly when
 * it holds none. Undefined when that is so.
 */
export async function admissionProblem(sink: RecordingSink, stage: FuzzedStage): Promise<string | undefined> {
  const senders = Array.from({ length: LARGEST_AT_ONE_TIME + 1 }, () => createHttpSender(stage.httpAddress));
  const [one, ...fill] = senders;
  const gate = sink.hold(LARGEST_AT_ONE_TIME);
  try {
    const answers = Promise.all(fill.map((sender) => sender.send(requestOf(REQUEST_BYTES_MAX), noWait)));
    const first = await Promise.race([gate.arrived.then(() => "full"), answers]);
    if (first !== "full") return `not all of a full stage's requests were taken: ${JSON.stringify(first)}`;
    const beyond = await one?.send(requestOf(100), noWait);
    gate.release();
    const wrong = (await answers).filter((heard) => heard.kind !== "http" || heard.status !== 200);
    if (wrong.length > 0) return `a full stage answered ${JSON.stringify(wrong)}`;
    return beyond?.kind === "http" && beyond.status === 503 && beyond.retryAfter
      ? undefined
      : `beyond the last byte the answer was ${JSON.stringify(beyond)}`;
  } finally {
    gate.release();
    sink.take();
    for (const sender of senders) await sender.close();
  }
}

const noWait = () => Promise.resolve();

/** A request of exactly so many bytes, without records: an unknown field fills it. */
function requestOf(bytes: number): FuzzCase {
  const filler = (length: number) => encodeNodes([{ field: 100, wire: 2, value: Buffer.alloc(length) }]);
  const overhead = filler(bytes - 10).length - (bytes - 10);
  return {
    name: "filler",
    door: "http",
    method: "POST",
    path: "/v1/logs",
    headers: [["content-type", "application/x-protobuf"]],
    body: filler(bytes - overhead),
    pace: { kind: "whole" },
  };
}
