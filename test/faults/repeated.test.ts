import { afterEach, describe, expect, it } from "vitest";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { startGrpcNextHop } from "../edges/next-hop.ts";
import { sendGrpc } from "../edges/senders.ts";
import { startLogbert } from "../helpers/logbert-process.ts";

const STEPS = ["order received", "stock reserved", "card charged", "order shipped", "mail sent"];
const LEARNED_ROUNDS = 120;
const START = 1_780_000_000_000_000_000n;
const TAKEN = { body: new Uint8Array(0) };

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

/** A step of a service's rounds; the same number is the same record. */
interface Step {
  readonly service: string;
  readonly number: number;
}

const round = (service: string, index: number): readonly Step[] =>
  STEPS.map((_, step) => ({ service, number: index * STEPS.length + step }));

const requestOf = (steps: readonly Step[]) =>
  encodeRequest(
    [...Map.groupBy(steps, ({ service }) => service)].map(([service, own]) => ({
      attributes: { "service.name": service },
      records: own.map(({ number }) => ({
        timeUnixNano: START + BigInt(number) * 200_000_123n,
        body: `${STEPS[number % STEPS.length]} id=${number}`,
        severityNumber: 9,
      })),
    })),
  );

/** The real program, with a next hop behind it. Tells what became of the records of each request. */
async function start() {
  const hop = await startGrpcNextHop(() => TAKEN);
  undo.push(hop.close);
  const logbert = await startLogbert({
    settings: { forward: { endpoint: hop.address }, calibrate: { learning_records: 200 } },
  });
  undo.push(logbert.stop);
  return {
    metric: logbert.metric,
    async send(steps: readonly Step[]) {
      expect((await sendGrpc(logbert.grpcEndpoint, requestOf(steps))).code).toBe(0);
      return readRequest(hop.received.at(-1) ?? new Uint8Array(0)).records.map((record) => ({
        body: record.body,
        template: record.attribute("log.record.template"),
        score: record.attribute("anomaly.score"),
        isAnomaly: record.attribute("anomaly.is_anomaly"),
      }));
    },
  };
}

describe("what a stage has taken, and its sender sends again because another stage died", () => {
  it("goes on with its template, and changes no verdict of what comes after it", async () => {
    const [crossed, calm] = await Promise.all([start(), start()]);
    for (const stage of [crossed, calm])
      for (let index = 0; index < LEARNED_ROUNDS; index += 1)
        await stage.send([...round("shop", index), ...round("cart", index)]);
    const others = round("mail", LEARNED_ROUNDS);
    const block = [...round("shop", LEARNED_ROUNDS - 1), ...round("cart", LEARNED_ROUNDS - 1)];

    // The whole request comes again, what the other stage had of it as well, cut in another place.
    const again = await crossed.send([...others, ...block.slice(0, 7)]);
    const rest = await crossed.send(block.slice(7));
    const undisturbed = await calm.send(others);
    expect(again.slice(0, others.length)).toEqual(undisturbed);
    const repeated = [...again.slice(others.length), ...rest];
    expect(repeated.map(({ body }) => body)).toEqual(
      block.map(({ number }) => `${STEPS[number % STEPS.length]} id=${number}`),
    );
    for (const { template, score, isAnomaly } of repeated) {
      expect(template).toMatch(/id=<NUM>$/);
      expect([score, isAnomaly]).toEqual([undefined, undefined]);
    }

    for (let index = LEARNED_ROUNDS; index < LEARNED_ROUNDS + 5; index += 1) {
      const steps = [...round("shop", index), ...round("cart", index)];
      const after = await crossed.send(steps);
      expect(after).toEqual(await calm.send(steps));
      expect(after.map(({ isAnomaly }) => isAnomaly)).toEqual(steps.map(() => false));
    }
    expect(await crossed.metric("logbert_unscored_log_records_total")).toBe(block.length);
    expect(await crossed.metric("logbert_scored_log_records_total")).toBe(
      await crossed.metric("logbert_processor_incoming_items_total"),
    );
  });
});
