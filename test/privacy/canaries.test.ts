import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { status as Code } from "@grpc/grpc-js";
import { createClient } from "graphql-ws";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { startGrpcNextHop } from "../edges/next-hop.ts";
import { sendGrpc } from "../edges/senders.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { startModelServer } from "../llm/model-server.ts";
import { canaries, SENDER_SECRETS, shownIn, usual } from "./canaries.ts";

const running: LogbertProcess[] = [];
afterEach(async () => {
  for (const logbert of running.splice(0)) await logbert.stop();
});

async function start(settings: Parameters<typeof startLogbert>[0]): Promise<LogbertProcess> {
  const logbert = await startLogbert(settings);
  running.push(logbert);
  return logbert;
}

const EVERYTHING = `{
  anomalies(first: 500) { edges { node { id service severity body template traceId
    explanation { summary tokens { token } expected { template } } window { template } links { url } } } }
  incidents(first: 100) { edges { node { service templates { template } } } }
  labellingQueue(first: 100) { items { anomaly { body template severity service } } }
  services { name }
  deployments(first: 100) { nodes { service version previousVersion newMessages(first: 5) { template body } } }
  templates(first: 500) { edges { node { text service } } }
  status { version }
}`;

/** All files below a directory, by path. */
function filesOf(directory: string): readonly (readonly [path: string, bytes: Buffer])[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, readFileSync(path)] as const);
}

/** What anybody who listens to the live tail hears. */
function listen({ apiUrl }: LogbertProcess): {
  readonly heard: string[];
  readonly leave: () => Promise<void>;
} {
  const heard: string[] = [];
  const client = createClient({ url: `${apiUrl.replace("http", "ws")}/graphql`, webSocketImpl: WebSocket });
  for (const query of [
    "subscription { records { body template service } }",
    "subscription { anomalyDetected { body template service severity explanation { summary } } }",
  ])
    client.subscribe(
      { query },
      {
        next: (result) => heard.push(JSON.stringify(result)),
        error: () => undefined,
        complete: () => undefined,
      },
    );
  return { heard, leave: async () => client.dispose() };
}

describe("a secret of every kind in every place of a record", () => {
  it("is in no file, no answer, no live view, no metric, no log and no prompt of the product", async () => {
    const model = await startModelServer();
    const explainer = {
      provider: "openai-compatible",
      base_url: model.url,
      model: "m",
      automatic: true,
      send_values: true,
      calls_per_hour: 1_000,
      calls_per_minute: 1_000,
      retries: 0,
    };
    const logbert = await start({ settings: { training: { record: true }, detect: {}, explainer } });
    const { heard, leave } = listen(logbert);
    const send = async (request: Uint8Array) =>
      expect((await sendGrpc(logbert.grpcEndpoint, request)).code).toBe(Code.OK);
    await waitFor("somebody who watches", async () => {
      await send(usual("shop"));
      return heard.length > 0 ? true : undefined;
    });
    for (const request of canaries("shop")) await send(request);
    await waitFor("the last service in the API", async () => {
      const { services } = await logbert.graphql("{ services { name } }");
      return JSON.stringify(services).includes(`svc${SENDER_SECRETS.length - 1}`) ? true : undefined;
    });
    await waitFor("an anomaly in the API and in the live view", async () => {
      const data = JSON.stringify(await logbert.graphql(EVERYTHING));
      return data.includes("kernel panic") && heard.some((one) => one.includes("kernel panic"))
        ? true
        : undefined;
    });
    await waitFor(
      "a prompt about it",
      () => model.asked.some(({ body }) => body.includes("kernel panic")) || undefined,
    );
    for (const { body } of model.asked) expect(shownIn(body)).toEqual([]);
    const running = filesOf(logbert.directory);
    const everything = JSON.stringify(await logbert.graphql(EVERYTHING));
    expect(everything).toContain('"version":"1.0.1"');
    expect(shownIn(everything)).toEqual([]);
    expect(shownIn(heard.join("\n"))).toEqual([]);
    expect(shownIn(await (await fetch(logbert.metricsUrl)).text())).toEqual([]);
    await leave();
    await logbert.stop();
    expect(shownIn(logbert.stderr())).toEqual([]);
    const stopped = filesOf(logbert.directory);
    expect(stopped.some(([, bytes]) => bytes.includes("kernel panic"))).toBe(true);
    for (const [path, bytes] of [...running, ...stopped]) expect([path, shownIn(bytes)]).toEqual([path, []]);
    await model.close();
  });

  it("is not in what is forwarded, where redact.forward says so", async () => {
    const hop = await startGrpcNextHop(() => ({ body: new Uint8Array(0) }));
    const settings = { forward: { endpoint: hop.address }, redact: { forward: true } };
    const logbert = await start({ settings });
    for (const request of canaries("shop"))
      expect((await sendGrpc(logbert.grpcEndpoint, request)).code).toBe(Code.OK);
    expect(hop.received).toHaveLength(canaries("shop").length);
    for (const bytes of hop.received) {
      expect(Buffer.from(bytes).includes("kernel panic")).toBe(true);
      expect(shownIn(bytes, SENDER_SECRETS)).toEqual([]);
    }
  });
});
