import { status as Code } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { GeneratedRecord } from "../../../cli/generate/generated-record.ts";
import { sendGrpc } from "../../edges/senders.ts";
import { collector, testWith } from "../../helpers/requirement.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { startGateway } from "./gateway.ts";
import {
  agreement,
  incidentsTold,
  type Judged,
  requestOf,
  requestsFor,
  shopRecords,
} from "./shop-requests.ts";
import { type Stages, startStages } from "./stages.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

async function start(...options: Parameters<typeof startStages>): Promise<Stages> {
  const stages = await startStages(...options);
  undo.push(stages.stop);
  return stages;
}

async function send(endpoint: string, request: Uint8Array | undefined): Promise<void> {
  if (request !== undefined) expect((await sendGrpc(endpoint, request)).code).toBe(Code.OK);
}

const RECORDS = shopRecords(1_200);
const SESSIONS = { window: { type: "session", stream: { by: "trace" }, idle_ms: 1_000 } };

/** What so many stages say of the shop's records, each of which goes to the stage that `placeOf` tells, modulo their number. */
async function judgedBy(
  count: number,
  placeOf: (record: GeneratedRecord) => number,
  settings = {},
): Promise<ReadonlyMap<string, Judged>> {
  const { running, judged } = await start(count, settings);
  for (const records of RECORDS) {
    const requests = requestsFor(records, count, placeOf);
    await Promise.all(running.map(({ grpcEndpoint }, at) => send(grpcEndpoint, requests[at])));
  }
  return judged();
}

const services = [...new Set(RECORDS.flat().map(({ service }) => service))];
const serviceOf = ({ service }: GeneratedRecord) => services.indexOf(service);
const traceOf = ({ traceId }: GeneratedRecord) => Number.parseInt((traceId ?? "0").slice(0, 8), 16);

let byOne: Promise<ReadonlyMap<string, Judged>> | undefined;
const judgedByOne = () => (byOne ??= judgedBy(1, serviceOf));
let sessions: Promise<ReadonlyMap<string, Judged>> | undefined;
const sessionsByOne = () => (sessions ??= judgedBy(1, serviceOf, SESSIONS));

describe("three stages on one database", () => {
  it("say of a stream what one stage says of it, where each has some of the services", async () => {
    const told = agreement(await judgedByOne(), await judgedBy(3, serviceOf));
    expect(told.records).toBe(1);
    expect(told.templates).toBeGreaterThan(0.999);
    expect(told.verdicts).toBeGreaterThan(0.999);
    expect(told.scores).toBeGreaterThan(0.95);
  });

  it("say of sessions what one stage says of them, where each has some of the services", async () => {
    const told = agreement(await sessionsByOne(), await judgedBy(3, serviceOf, SESSIONS));
    expect(told.records).toBe(1);
    expect(told.templates).toBeGreaterThan(0.999);
    expect(told.verdicts).toBeGreaterThan(0.999);
  });

  it("miss no new error or odd value that one stage tells of, where each has some of the traces", async () => {
    const [byOne, byThree] = [await sessionsByOne(), await judgedBy(3, traceOf, SESSIONS)];
    const told = agreement(byOne, byThree);
    expect(told.records).toBe(1);
    expect(told.templates).toBeGreaterThan(0.998);
    const [alone, spread] = [byOne, byThree].map((judged) => [...incidentsTold(judged, RECORDS.flat())]);
    // What is odd by its order or its frequency is less so to who sees a third of it.
    const seenByItself = alone?.filter((id) => /^(new-error|odd-value)-/.test(id)) ?? [];
    expect(seenByItself.length).toBeGreaterThan(2);
    expect(spread).toEqual(expect.arrayContaining(seenByItself));
  });

  testWith(
    [collector()],
    "lose nothing when one of them is killed: the others go on with its services from what it knew",
    async ([otelcol = ""]) => {
      const alone = await judgedByOne();
      const { running, judged } = await start(3, { remember: { snapshot_interval_ms: 1_000 } });
      const gateway = await startGateway(
        otelcol,
        running.map(({ grpcEndpoint }) => grpcEndpoint),
        "service",
      );
      undo.push(gateway.stop);
      const { endpoint } = gateway;
      const half = RECORDS.length / 2;
      for (const records of RECORDS.slice(0, half)) await send(endpoint, requestOf(records));
      const [killed, ...others] = running;
      const [inTheMiddle = [], ...later] = RECORDS.slice(half);
      const sending = send(endpoint, requestOf(inTheMiddle)).catch(() => undefined);
      await killed?.kill();
      await sending;
      gateway.resolve(others.map(({ grpcEndpoint }) => grpcEndpoint));
      const isTaken = () =>
        send(endpoint, requestOf(inTheMiddle)).then(
          () => true,
          () => undefined,
        );
      await waitFor("the gateway to go by the others", isTaken);
      for (const records of later) await send(endpoint, requestOf(records));
      await waitFor("every record", () => (judged().size === alone.size ? true : undefined));

      const told = agreement(alone, judged());
      expect(told.records).toBe(1);
      expect(told.templates).toBeGreaterThan(0.999);
      expect(told.verdicts).toBeGreaterThan(0.999);
      for (const stage of others) expect(await twiceTold(stage.graphql)).toEqual([]);
    },
  );
});

const answer = z.object({
  anomalies: z.object({
    totalCount: z.int(),
    edges: z.array(z.object({ node: z.object({ time: z.string(), service: z.string(), body: z.string() }) })),
  }),
});

/** Anomalies that are there more than once. */
async function twiceTold(graphql: (query: string) => Promise<unknown>): Promise<readonly string[]> {
  const { anomalies } = answer.parse(
    await graphql("{ anomalies(first: 500) { totalCount edges { node { time service body } } } }"),
  );
  expect(anomalies.totalCount).toBe(anomalies.edges.length);
  const texts = anomalies.edges.map(({ node }) => `${node.time} ${node.service} ${node.body}`);
  return texts.filter((text, at) => texts.indexOf(text) !== at);
}
