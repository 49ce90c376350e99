import { status as Code } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import { calibrateConfig } from "../../processor/calibrate/config.ts";
import { createStages } from "../../processor/create-stages.ts";
import { detectConfig } from "../../processor/detect/config.ts";
import type { ScoringBatch } from "../../processor/detect/event-scorer.ts";
import { attributesConfig } from "../../processor/enrich/config.ts";
import { createEnrich } from "../../processor/enrich/enrich.ts";
import { createLane } from "../../processor/flow/lane.ts";
import { forwardConfig } from "../../processor/forward/config.ts";
import { createForwarder } from "../../processor/forward/create-forwarder.ts";
import { isOutcome, processRequest, type Stages } from "../../processor/pipeline.ts";
import { createRetryMemory } from "../../processor/receive/retries.ts";
import { redactConfig } from "../../processor/redact/config.ts";
import { createRooms } from "../../processor/rooms.ts";
import { templateConfig } from "../../processor/template/config.ts";
import { windowConfig } from "../../processor/window/config.ts";
import { encodeResponse } from "../../processor/wire/export-response.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { evenSurprises } from "../helpers/even-surprises.ts";
import { standInEncoder } from "../helpers/stand-in-encoder.ts";
import { startDoors } from "./doors.ts";
import { type GrpcAnswer, startGrpcNextHop } from "./next-hop.ts";
import { aRequest } from "./relay.ts";
import { sendGrpc, sendHttp } from "./senders.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const AWAY: GrpcAnswer = { code: Code.UNAVAILABLE, details: "away" };
const TAKEN: GrpcAnswer = { body: new Uint8Array(0) };

/** Doors, the whole pipeline and a next hop that gives the answers one after the other, then takes everything. */
async function startPipeline(...answers: GrpcAnswer[]) {
  const hop = await startGrpcNextHop(() => answers.shift() ?? TAKEN);
  const forwarder = createForwarder(forwardConfig.parse({ endpoint: hop.address, max_message_bytes: 2_048 }));
  const rooms = createRooms(
    {
      template: templateConfig.parse({}),
      window: windowConfig.parse({}),
      detect: detectConfig.parse({}),
      calibrate: calibrateConfig.parse({}),
      redact: redactConfig.parse({}),
      attributes: attributesConfig.parse({}),
    },
    {
      scorer: {
        version: "even",
        eventsMax: 20,
        residual: () => undefined,
        score: async (batch: ScoringBatch) => evenSurprises(batch, 1),
      },
      encoder: standInEncoder,
      now: () => 1,
    },
  );
  const seen = { read: 0, remembered: 0 };
  const stages: Stages = {
    ...createStages(rooms, {
      lane: createLane(1_000),
      enrich: createEnrich("anomaly"),
      forwarder,
      retries: createRetryMemory({ isSettled: isOutcome, max_bytes: 1e7, max_age_ms: 1e6, now: () => 1 }),
      remember: () => {
        seen.remembered += 1;
      },
      scoringBudgetMs: 60_000,
      now: () => 1,
      newId: () => "id",
    }),
    read: (bytes) => {
      seen.read += 1;
      return readRequest(bytes);
    },
  };
  const doors = await startDoors((bytes, signal, transport) =>
    processRequest({ bytes, transport }, stages, signal),
  );
  open.push(doors.stop, () => forwarder.close(), hop.close);
  return { doors, hop, seen };
}

const bodiesOf = (received: readonly Uint8Array[]) =>
  received.flatMap((bytes) => readRequest(bytes).records.map(({ body }) => body));

describe("the same bytes after a retryable answer", () => {
  it("are processed once, and go on as they went on before", async () => {
    const { doors, hop, seen } = await startPipeline(AWAY, AWAY);
    const request = aRequest(3);
    expect((await sendGrpc(doors.grpcAddress, request)).code).toBe(Code.UNAVAILABLE);
    expect((await sendGrpc(doors.grpcAddress, request)).code).toBe(Code.UNAVAILABLE);
    expect(seen).toEqual({ read: 1, remembered: 0 });
    expect((await sendGrpc(doors.grpcAddress, request)).code).toBe(Code.OK);
    expect(seen).toEqual({ read: 1, remembered: 1 });
    const [first, second, third] = hop.received;
    expect(second).toEqual(first);
    expect(third).toEqual(first);
  });

  it("are known whichever door they come through, JSON too", async () => {
    const { doors, seen } = await startPipeline(AWAY);
    const json = Buffer.from(
      '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}}]}]}]}',
    );
    const headers = { "content-type": "application/json" };
    expect((await sendHttp(doors.httpAddress, json, headers)).status).toBe(503);
    expect((await sendHttp(doors.httpAddress, json, headers)).status).toBe(200);
    expect(seen).toEqual({ read: 1, remembered: 1 });
  });

  it("of which a part was taken: the next hop gets every record once", async () => {
    const { doors, hop } = await startPipeline(TAKEN, TAKEN, AWAY);
    const request = aRequest(200, "some text to fill the message with");
    expect((await sendGrpc(doors.grpcAddress, request)).code).toBe(Code.UNAVAILABLE);
    const [, , refused] = hop.received;
    expect((await sendGrpc(doors.grpcAddress, request)).code).toBe(Code.OK);
    const taken = hop.received.filter((bytes) => bytes !== refused);
    expect(bodiesOf(taken)).toEqual(readRequest(request).records.map(({ body }) => body));
  });

  it("of which a part was rejected: the sender hears of it in the end", async () => {
    const part = { body: encodeResponse({ rejectedRecords: 2, message: "two were bad" }) };
    const { doors } = await startPipeline(part, AWAY);
    const request = aRequest(200, "some text to fill the message with");
    expect((await sendGrpc(doors.grpcAddress, request)).code).toBe(Code.UNAVAILABLE);
    const reply = await sendGrpc(doors.grpcAddress, request);
    expect(reply.result).toEqual({ rejectedRecords: 2, message: "two were bad" });
  });

  it("after they were taken are another request", async () => {
    const { doors, seen } = await startPipeline();
    const request = aRequest(3);
    await sendGrpc(doors.grpcAddress, request);
    await sendGrpc(doors.grpcAddress, request);
    expect(seen).toEqual({ read: 2, remembered: 2 });
  });

  it("after they were refused for good are another request", async () => {
    const no: GrpcAnswer = { code: Code.INVALID_ARGUMENT, details: "no" };
    const { doors, seen } = await startPipeline(no, no);
    const request = aRequest(3);
    expect((await sendGrpc(doors.grpcAddress, request)).code).toBe(Code.INVALID_ARGUMENT);
    expect((await sendGrpc(doors.grpcAddress, request)).code).toBe(Code.INVALID_ARGUMENT);
    expect(seen).toEqual({ read: 2, remembered: 0 });
  });
});
