import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { ulid } from "ulid";
import { configSchema } from "../../cli/config.ts";
import type { EventScorer } from "../../processor/detect/event-scorer.ts";
import { createNoLearning } from "../../processor/promote/no-learning.ts";
import { startStage } from "../../processor/stage.ts";
import { createLog } from "../../processor/telemetry/log.ts";
import { createMetrics } from "../../processor/telemetry/metrics.ts";
import { startMetricsServer } from "../../processor/telemetry/metrics-server.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { openStore } from "../../store/open-store.ts";
import type { StageStatus } from "../../store/store.ts";
import { evenSurprises } from "../helpers/even-surprises.ts";
import { standInEncoder } from "../helpers/stand-in-encoder.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

/** A next hop that keeps its answers back until it is opened. */
export interface GatedHop {
  /** http://host:port */
  readonly endpoint: string;
  /** Bodies of the requests that came in. */
  readonly received: readonly Buffer[];
  /** From now on it answers at once, those that wait too. */
  open(): void;
  close(): Promise<void>;
}

/** Starts one that is closed. */
export async function startGatedHop(): Promise<GatedHop> {
  const received: Buffer[] = [];
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push(Buffer.concat(chunks));
    await opened;
    response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    received,
    open,
    close: async () => {
      open();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A model that answers, fails or hangs as it is told. */
export interface ScriptedModel extends EventScorer {
  mood: "answers" | "fails" | "hangs";
  /** Questions that it was asked. */
  asked: number;
}

export function scriptedModel(): ScriptedModel {
  return {
    mood: "answers",
    asked: 0,
    version: "scripted",
    eventsMax: 20,
    residual: () => undefined,
    score(batch) {
      this.asked += 1;
      if (this.mood === "hangs") return new Promise(() => undefined);
      if (this.mood === "fails") return Promise.reject(new Error("the model failed"));
      return Promise.resolve(evenSurprises(batch, 1));
    },
  };
}

/** A whole stage in this process, with its doors, its database and its metrics. */
export interface StageUnderLoad {
  readonly httpAddress: string;
  readonly model: ScriptedModel;
  /** Sum of a metric's values, over those of its lines that hold `label`. */
  metric(name: string, label?: string): Promise<number>;
  /** What people are told, as the API reads it. */
  status(): Promise<StageStatus | undefined>;
  /** Lets so much time pass by the wall clock that the stage sees. */
  passMs(milliseconds: number): void;
  stop(): Promise<void>;
}

/** @param settings over those that a test wants: no gRPC, a database of its own, a heartbeat every 50 ms */
export async function startStageUnderLoad(
  settings: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Promise<StageUnderLoad> {
  const { receive = {}, detect = {}, forward = {} } = settings;
  const config = configSchema.parse({
    receive: { grpc: { endpoint: "" }, http: { endpoint: "127.0.0.1:0" }, ...receive },
    remember: { flush_interval_ms: 50 },
    detect,
    forward,
  });
  const path = join(temporaryDirectory("overload"), "logbert.db");
  const [store, people] = [await openStore({ path }), await openStore({ path })];
  const metrics = createMetrics();
  const exporter = await startMetricsServer("127.0.0.1:0", metrics);
  const model = scriptedModel();
  let passedMs = 0;
  const now = () => Date.now() + passedMs;
  const stage = await startStage(config, {
    store,
    scorer: model,
    encoder: standInEncoder,
    metrics,
    log: createLog("SILENT"),
    now,
    newId: ulid,
    instance: "logbert",
    version: "1.2.3",
    learning: createNoLearning(store, now, "test"),
    live: () => undefined,
  });
  return {
    httpAddress: stage.httpAddress ?? "",
    model,
    async metric(name, label = "") {
      const text = await (await fetch(`http://${exporter.address}/metrics`)).text();
      const lines = text.split("\n").filter((line) => line.startsWith(`logbert_${name}`));
      return lines
        .filter((line) => line.includes(label))
        .reduce((sum, line) => sum + Number(/ ([\d.e+]+)/.exec(line)?.[1]), 0);
    },
    status: async () => (await people.statuses())[0],
    passMs: (milliseconds) => {
      passedMs += milliseconds;
    },
    async stop() {
      await stage.stop();
      await exporter.stop();
      await metrics.close();
      await people.close();
      await store.close();
    },
  };
}

/** Numbers in the bodies of the records that a hop has received, ascending. */
export function numbersIn(received: readonly Uint8Array[]): readonly number[] {
  return received
    .flatMap((bytes) => readRequest(bytes).records.map(({ body }) => Number(/\d+$/.exec(body)?.[0])))
    .sort((a, b) => a - b);
}
