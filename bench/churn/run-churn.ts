import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { temporaryDirectory } from "../../test/helpers/temporary-directory.ts";
import { type Child, startChild } from "../stage/child.ts";
import { readUsage } from "../stage/process-usage.ts";
import { countAnswer, expectAnswer, listenAnswer, type SinkCall } from "../stage/sink.ts";
import { logbertSubject, type RunningSubject, type Scoring } from "../stage/subjects.ts";
import type { ChurnOptions } from "./churn-stream.ts";
import { begunAnswer, type Lap, lapAnswer, type SenderCall } from "./sender.ts";

/** A changing log on its way through a stage into a next hop, all in processes of their own. */
export interface ChurnRun {
  readonly stage: RunningSubject;
  /** As fast as it is taken, over when the last request has been answered. */
  burst(options: {
    readonly inFlight: number;
    readonly records: number;
    readonly seconds: number;
  }): Promise<Lap>;
  /** Goes on at a steady rate, until {@link pause}. */
  pace(recordsPerSecond: number): Promise<void>;
  lap(): Promise<Lap>;
  /** Sends no more, and waits for the answers. */
  pause(): Promise<Lap>;
  /** Of all records that have been answered. */
  delivered(answeredBelow: number): Promise<{ readonly lost: number; readonly doubled: number }>;
  look(): Promise<Look>;
  close(): Promise<void>;
}

/** The stage at one moment. */
export interface Look {
  readonly rssMiB: number;
  readonly peakRssMiB: number;
  /** The API's process. */
  readonly childrenRssMiB: number;
  readonly cpuMs: number;
  /** Of the main thread. */
  readonly vitals: Vitals | undefined;
  /** Of the other threads, the database's and the model's. */
  readonly threadsHeapMiB: number;
  readonly scoring: Scoring | undefined;
}

const vitals = z.object({
  heapUsedMiB: z.number(),
  heapTotalMiB: z.number(),
  externalMiB: z.number(),
  eventLoopDelayP99Ms: z.number(),
});
/** What the stage's main thread says of itself; see vitals.ts. */
export type Vitals = z.infer<typeof vitals>;

/** Sessions are told apart by their trace, as tracing services have it. */
const WINDOW = { type: "session", stream: { by: "trace" } };

/** Starts a stage, its sender and its next hop. */
export async function startChurnRun(options: {
  readonly churn: ChurnOptions;
  readonly recordsEach: number;
  /** Most records that will be sent. */
  readonly recordsMax: number;
  /** logbert's own, beside the windows and the ports. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly nodeArgs?: readonly string[];
  /** Further settings of the windows. */
  readonly window?: Readonly<Record<string, unknown>>;
}): Promise<ChurnRun> {
  const sink = startChild<SinkCall>(join(import.meta.dirname, "../stage/sink.ts"));
  const sender = startChild<SenderCall>(join(import.meta.dirname, "sender.ts"));
  const { port } = await sink.ask({ kind: "listen" }, listenAnswer);
  await sink.ask({ kind: "expect", records: options.recordsMax }, expectAnswer);
  const directory = temporaryDirectory("bench-vitals");
  const preload = pathToFileURL(join(import.meta.dirname, "../stage/vitals.ts"));
  preload.searchParams.set("directory", directory);
  const nodeArgs = [`--import=${preload.href}`, ...(options.nodeArgs ?? [])];
  const subject = logbertSubject("logbert", options.settings, nodeArgs);
  const stage = await subject.start(`127.0.0.1:${port}`, {
    window: { ...WINDOW, ...options.window },
  });
  const { churn, recordsEach } = options;
  await sender.ask({ kind: "open", endpoint: stage.endpoint, recordsEach, churn }, begunAnswer);
  return {
    stage,
    burst: (burst) => sender.ask({ kind: "burst", ...burst }, lapAnswer),
    pace: async (recordsPerSecond) =>
      void (await sender.ask({ kind: "pace", recordsPerSecond }, begunAnswer)),
    lap: () => sender.ask({ kind: "lap" }, lapAnswer),
    pause: () => sender.ask({ kind: "pause" }, lapAnswer),
    delivered: (records) => sink.ask({ kind: "count", records }, countAnswer),
    look: async () => ({
      ...readUsage(stage.pid),
      vitals: readVitals(join(directory, `${stage.pid}-0.json`)),
      threadsHeapMiB: readdirSync(directory)
        .filter((file) => file.startsWith(`${stage.pid}-`) && file.endsWith(".json"))
        .filter((file) => file !== `${stage.pid}-0.json`)
        .reduce((sum, file) => sum + (readVitals(join(directory, file))?.heapTotalMiB ?? 0), 0),
      scoring: await stage.scoring(),
    }),
    close: () => stop(stage, sender, sink),
  };
}

async function stop(stage: RunningSubject, ...children: readonly Child<never>[]): Promise<void> {
  await stage.stop();
  await Promise.all(children.map((child) => child.stop()));
}

/** Undefined in the first second. */
function readVitals(file: string): Vitals | undefined {
  try {
    return vitals.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}
