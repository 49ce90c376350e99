import { readFileSync } from "node:fs";
import { join } from "node:path";
import { status as Code } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { configSchema } from "../../cli/config.ts";
import { samplingKeys } from "../../processor/thin/marks.ts";
import { createIsInShare } from "../../processor/thin/share.ts";
import { adjustedCount, readThreshold } from "../../processor/thin/threshold.ts";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import type { RecordView } from "../../processor/wire/record-view.ts";
import { spliceAttributes } from "../../processor/wire/splice.ts";
import { startGrpcNextHop } from "../edges/next-hop.ts";
import { sendGrpc, sendHttp } from "../edges/senders.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { isOurAttribute, removeAttributes } from "../helpers/remove-attributes.ts";
import { waitFor } from "../helpers/wait-for.ts";

const CONTEXT_RECORDS = 3;
const REQUEST_RECORDS = 200;
const sampling = {
  enabled: true,
  mode: "drop" as const,
  base_percent: 25,
  context_records: CONTEXT_RECORDS,
  hold_ms: 0,
};
const ODD = 2_300;
const TOTAL = 2_800;

const bodyOf = (number: number) =>
  number === ODD
    ? "kernel panic: cannot mount root"
    : `${["order received", "stock reserved", "card charged", "order shipped"][number % 4]} id=${number * 7919}`;

/** Records of a service's usual day, and one odd among them. */
const requests = Array.from({ length: TOTAL / REQUEST_RECORDS }, (_, request) =>
  encodeRequest([
    {
      attributes: { "service.name": "shop" },
      records: Array.from({ length: REQUEST_RECORDS }, (_, i) => {
        const number = request * REQUEST_RECORDS + i;
        return {
          timeUnixNano: BigInt(1_000_000 + number * 100) * 1_000_000n,
          severityNumber: number === ODD ? 21 : 9,
          body: bodyOf(number),
        };
      }),
    },
  ]),
);
const numberOf = ({ timeUnixNano }: RecordView) => Number(timeUnixNano / 100_000_000n) - 10_000;

const running: LogbertProcess[] = [];
afterEach(async () => {
  for (const logbert of running.splice(0)) await logbert.stop();
});

describe("a stage that thins out", () => {
  it("hands on the odd record with its context, a share of the rest, all byte for byte, and counts what it leaves out apart", async () => {
    const hop = await startGrpcNextHop(() => ({ body: new Uint8Array(0) }));
    const logbert = await startLogbert({
      settings: {
        forward: { endpoint: hop.address },
        sampling,
        detect: { scoring_budget_ms: 20_000 },
        attributes: { self_check_share: 1 },
      },
    });
    running.push(logbert);
    for (const [at, request] of requests.entries()) {
      if (at % 2 === 0) expect((await sendGrpc(logbert.grpcEndpoint, request)).code).toBe(Code.OK);
      else expect((await sendHttp(`127.0.0.1:${logbert.ports.http}`, request)).status).toBe(200);
    }
    const arrived = hop.received.flatMap((bytes) => readRequest(bytes).records);
    const numbers = arrived.map(numberOf);
    expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
    const kept = new Set(numbers);
    expect(kept.size).toBe(numbers.length);

    const odd = arrived.find((record) => numberOf(record) === ODD);
    expect(odd?.attribute("anomaly.is_anomaly")).toBe(true);
    for (let near = ODD - CONTEXT_RECORDS; near <= ODD + CONTEXT_RECORDS; near += 1) {
      expect(kept.has(near), `${near}`).toBe(true);
      const record = arrived.find((one) => numberOf(one) === near);
      expect(record?.attribute("sampling.priority")).toBe(100);
      expect(record?.attribute("sampling.threshold")).toBe("0");
    }

    const isInShare = createIsInShare(sampling);
    const sent = requests.flatMap((bytes) => readRequest(bytes).records);
    const missing = sent.filter((record) => !kept.has(numberOf(record)));
    expect(missing.length).toBeGreaterThan(1_000);
    expect(missing.filter(isInShare)).toEqual([]);

    const keys = new Set(samplingKeys(sampling));
    const isOurs = (key: string) => isOurAttribute(key, "anomaly") || keys.has(key);
    const expected = requests.map((bytes) => {
      const request = readRequest(bytes);
      const out = request.records.filter((record) => !kept.has(numberOf(record))).map(({ index }) => index);
      return Buffer.from(spliceAttributes(request, () => [], undefined, new Set(out)));
    });
    expect(hop.received.map((bytes) => Buffer.from(removeAttributes(bytes, isOurs)))).toEqual(
      expected.filter(({ length }) => length > 0),
    );

    const stands = arrived.map((record) =>
      adjustedCount(readThreshold(record.attribute("sampling.threshold")) ?? ""),
    );
    const spread = 5 * Math.sqrt(TOTAL * 0.25 * 0.75) * 4;
    expect(Math.abs(stands.reduce((sum, one) => sum + one, 0) - TOTAL)).toBeLessThan(spread);

    const metric = (name: string) => logbert.metric(`logbert_${name}_total`);
    expect(await metric("receiver_accepted_log_records")).toBe(TOTAL);
    expect(await metric("processor_incoming_items")).toBe(TOTAL);
    expect(await metric("processor_outgoing_items")).toBe(arrived.length);
    expect(await metric("exporter_sent_log_records")).toBe(arrived.length);
    expect(await metric("sampling_dropped_log_records")).toBe(missing.length);
    expect(await metric("sampling_log_records")).toBe(TOTAL);
    expect(await metric("exporter_send_failed_log_records")).toBe(0);
    expect(await metric("lossless_mismatched_log_records")).toBe(0);
    await hop.close();
  });

  it("marks everything and drops nothing by default, has what it holds unacknowledged, and hands it on when it stops", async () => {
    const hop = await startGrpcNextHop(() => ({ body: new Uint8Array(0) }));
    const logbert = await startLogbert({
      settings: {
        forward: { endpoint: hop.address },
        sampling: { enabled: true, hold_ms: 60_000 },
        detect: { scoring_budget_ms: 20_000 },
      },
    });
    running.push(logbert);
    // Of a service that is still learning everything is kept, and nothing waits.
    const [learned, [held = new Uint8Array(0)]] = [requests.slice(0, 3), requests.slice(3)];
    for (const request of learned) expect((await sendGrpc(logbert.grpcEndpoint, request)).code).toBe(Code.OK);
    const marked = hop.received.flatMap((bytes) => readRequest(bytes).records);
    expect(marked).toHaveLength(3 * REQUEST_RECORDS);
    for (const record of marked) {
      expect(record.attribute("sampling.priority")).toBe(100);
      expect(record.attribute("sampling.randomness")).toMatch(/^[0-9a-f]{14}$/);
      expect(record.attribute("sampling.threshold")).toBeUndefined();
    }
    const answer = sendGrpc(logbert.grpcEndpoint, held);
    await waitFor("the request to wait", async () =>
      (await logbert.metric("logbert_sampling_held_bytes")) > 0 ? true : undefined,
    );
    expect(hop.received).toHaveLength(3);
    expect(await logbert.stop()).toBe(0);
    expect((await answer).code).toBe(Code.OK);
    const priorities = readRequest(hop.received[3] ?? new Uint8Array(0)).records.map((record) =>
      record.attribute("sampling.priority"),
    );
    // What was known by then is the rest; the last ones of the stream were not.
    expect(priorities).toHaveLength(REQUEST_RECORDS);
    expect([priorities.includes(10), priorities.at(-1)]).toEqual([true, 100]);
    await hop.close();
  });

  it("has counts that add up where the next hop refuses requests for good", async () => {
    let seen = 0;
    const hop = await startGrpcNextHop(() => {
      seen += 1;
      return seen % 4 === 0
        ? { code: Code.INVALID_ARGUMENT, details: "not this one" }
        : { body: new Uint8Array(0) };
    });
    const logbert = await startLogbert({
      settings: { forward: { endpoint: hop.address }, sampling, detect: { scoring_budget_ms: 20_000 } },
    });
    running.push(logbert);
    let refused = 0;
    for (const request of requests)
      if ((await sendGrpc(logbert.grpcEndpoint, request)).code !== Code.OK) refused += REQUEST_RECORDS;
    expect(refused).toBeGreaterThan(0);
    const metric = (name: string) => logbert.metric(`logbert_${name}_total`);
    expect(await metric("receiver_refused_log_records")).toBe(refused);
    const [went, left] = [
      await metric("processor_outgoing_items"),
      await metric("sampling_dropped_log_records"),
    ];
    expect(left).toBeGreaterThan(0);
    expect(went + left + refused).toBe(await metric("processor_incoming_items"));
    await hop.close();
  });

  it("does nothing at all unless it is enabled", async () => {
    const hop = await startGrpcNextHop(() => ({ body: new Uint8Array(0) }));
    const [request = new Uint8Array(0)] = requests;
    const plain = await startLogbert({ settings: { forward: { endpoint: hop.address } } });
    running.push(plain);
    await sendGrpc(plain.grpcEndpoint, request);
    const records = hop.received.flatMap((bytes) => readRequest(bytes).records);
    expect(records).toHaveLength(REQUEST_RECORDS);
    for (const record of records)
      for (const key of samplingKeys({ enabled: true, mode: "drop" }))
        expect(record.attribute(key)).toBeUndefined();
    await hop.close();
  });
});

it("the page's configuration is one that logbert takes", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/thinning.md"), "utf8");
  const [, yaml = ""] = /```yaml\n(.*?)```/s.exec(page) ?? [];
  const { sampling: shown } = configSchema.parse(parse(yaml));
  expect(shown).toMatchObject({ enabled: true, mode: "drop", hold_ms: 200, undecided: "keep" });
});
