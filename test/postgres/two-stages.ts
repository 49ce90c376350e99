import { status as Code } from "@grpc/grpc-js";
import { expect } from "vitest";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { sendGrpc } from "../edges/senders.ts";
import { type LogbertOptions, type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { testDatabase } from "../helpers/test-database.ts";

/** Two real stages that share one database. */
export interface TwoStages {
  readonly a: LogbertProcess;
  readonly b: LogbertProcess;
  /** The database's address. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts "a" and "b" over a new database. */
export async function startTwoStages(
  settings: NonNullable<LogbertOptions["settings"]> = {},
  environment: NonNullable<LogbertOptions["environment"]> = {},
): Promise<TwoStages> {
  const { settings: database } = await testDatabase();
  const url = database.url ?? "";
  const start = (instance: string) =>
    startLogbert({
      environment: { ...environment, DATABASE_URL: url, LOGBERT_INSTANCE: instance },
      settings: { remember: { flush_interval_ms: 50 }, ...settings },
    });
  // The first brings the database up to date.
  const a = await start("a");
  const b = await start("b");
  return {
    a,
    b,
    url,
    async stop() {
      await Promise.all([a.kill(), b.kill()]);
    },
  };
}

const STEPS = ["order received", "stock reserved", "card charged", "order shipped"];

/** A hundred orders of a service's usual day, a step each tenth of a second. */
export function usual(startMs: number, service = "shop"): Uint8Array {
  const records = Array.from({ length: 100 * STEPS.length }, (_, i) => ({
    timeUnixNano: BigInt(startMs + i * 100) * 1_000_000n,
    severityNumber: 9,
    body: `${STEPS[i % STEPS.length]} id=${i * 7_919}`,
  }));
  return encodeRequest([{ attributes: { "service.name": service }, records }]);
}

/** What a usual service has never said. */
export function oddity(timeMs: number, body: string, service = "shop"): Uint8Array {
  const record = { timeUnixNano: BigInt(timeMs) * 1_000_000n, severityNumber: 21, body };
  return encodeRequest([{ attributes: { "service.name": service }, records: [record] }]);
}

/** Sends requests that the stage must take. */
export async function sendTo(
  { grpcEndpoint }: Pick<LogbertProcess, "grpcEndpoint">,
  ...requests: readonly Uint8Array[]
): Promise<void> {
  for (const request of requests) expect((await sendGrpc(grpcEndpoint, request)).code).toBe(Code.OK);
}

/** Teaches a stage what is usual, by 2,000 records over 200 s. */
export async function teach(stage: LogbertProcess, startMs: number, service = "shop"): Promise<void> {
  await sendTo(stage, ...[0, 1, 2, 3, 4].map((i) => usual(startMs + i * 40_000, service)));
}
