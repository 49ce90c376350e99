import { join } from "node:path";
import { status as Code } from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { openStore } from "../../store/open-store.ts";
import { sendGrpc } from "../edges/senders.ts";
import { childrenOf } from "../helpers/children-of.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { bodyOf, type Receiver, startReceiver } from "./receiver.ts";

const STEPS = ["order received", "stock reserved", "card charged", "order shipped"];

let receiver: Receiver;
let product: LogbertProcess;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await product.kill();
  await receiver.close();
});

const settings = () => ({
  alerts: {
    gather_seconds: 0,
    channels: [
      {
        kind: "webhook",
        name: "ops",
        url: receiver.url,
        secret: "a secret of plain text",
        allow_private_addresses: true,
      },
    ],
  },
  remember: { flush_interval_ms: 50 },
});

async function send(bodies: readonly string[], startMs: number, severityNumber = 9): Promise<void> {
  const records = bodies.map((body, i) => ({
    timeUnixNano: BigInt(startMs + i * 10) * 1_000_000n,
    severityNumber,
    body,
  }));
  const request = encodeRequest([{ attributes: { "service.name": "shop" }, records }]);
  expect((await sendGrpc(product.grpcEndpoint, request)).code).toBe(Code.OK);
}

/** A usual past, and then errors that nobody has seen before. */
async function outage(startMs: number): Promise<void> {
  for (let i = 0; i < 5; i += 1)
    await send(
      Array.from({ length: 400 }, (_, k) => `${STEPS[k % 4]} id=${k * 7919}`),
      startMs + i * 4_000,
    );
  for (let i = 0; i < 20; i += 1)
    await send(["kernel panic: cannot mount root"], startMs + 20_000 + i * 100, 21);
}

/** What fifteen seconds do to the lease of a process that was killed: lease.test.ts waits for them on a clock of its own. */
async function endLease(directory: string): Promise<void> {
  const store = await openStore({ path: join(directory, "logbert.db") });
  const answer = await store.takeAlertLease({ holder: "test", deadRevision: undefined });
  if (answer.kind === "refused")
    await store.takeAlertLease({ holder: "test", deadRevision: answer.revision });
  await store.releaseAlertLease("test");
  await store.close();
}

describe("the whole product", () => {
  // That it is over is told when a minute has passed by the clock: outbox.test.ts has one of its own.
  it("makes one message of an outage that begins", async () => {
    product = await startLogbert({ settings: settings() });
    await outage(Date.now() - 30_000);
    await receiver.got(1);
    await waitFor("it to be counted", async () => {
      const text = await (await fetch(product.metricsUrl)).text();
      return text.includes('logbert_alerts_sent_total{channel="ops",outcome="sent"} 1') ? true : undefined;
    });
    const bodies = receiver.received.map(bodyOf);
    expect(bodies.map(({ type }) => type)).toEqual(["incident.opened"]);
    expect(JSON.stringify(bodies)).toContain("kernel panic");
  });

  it("that is killed between sending and noting sends again, under the same key", async () => {
    product = await startLogbert({ settings: settings() });
    receiver.answer(() => undefined);
    await outage(Date.now() - 30_000);
    await receiver.got(1);
    const api = childrenOf(product.pid);
    expect(api).toHaveLength(1);
    for (const pid of api) process.kill(pid, "SIGKILL");
    await product.kill();
    await endLease(product.directory);
    receiver.answer(() => ({ status: 200 }));
    product = await startLogbert({
      settings: settings(),
      directory: product.directory,
      ports: product.ports,
    });
    const [first, second] = await receiver.got(2);
    expect(second && bodyOf(second).id).toBe(first && bodyOf(first).id);
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    await waitFor("the message to be noted", async () =>
      (await product.metric("logbert_alerts_sent_total")) >= 1 ? true : undefined,
    );
  });
});
