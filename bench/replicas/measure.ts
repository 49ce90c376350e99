import { setTimeout as delay } from "node:timers/promises";
import type { Child } from "../stage/child.ts";
import { burstAnswer, encodedAnswer, type GeneratorCall, pacedAnswer } from "../stage/generator.ts";
import { countAnswer, expectAnswer, type SinkCall } from "../stage/sink.ts";
import type { Look, Stages } from "./stages.ts";

/** How much is sent, and for how long. */
export interface ReplicaLoad {
  /** Of each stage, before anything is measured: what is compiled and learned once. */
  readonly warmRecordsEach: number;
  readonly burst: { readonly records: number; readonly recordsEach: number; readonly seconds: number };
  readonly paced: {
    readonly recordsPerSecond: number;
    readonly recordsEach: number;
    readonly seconds: number;
  };
  readonly idleSeconds: number;
  readonly quietMsMax: number;
}

/** One stretch of time. */
export interface Stretch {
  readonly before: Look;
  readonly after: Look;
  readonly records: number;
  /** From the first request to the last answer. */
  readonly seconds: number;
}

/** What some stages did, one phase after the other. */
export interface ReplicaRun {
  readonly stages: number;
  /** As fast as it is taken. */
  readonly burst: Stretch;
  /** At the same rate for any number of stages. */
  readonly paced: Stretch & { readonly latenciesMs: readonly number[] };
  readonly idle: Stretch;
  readonly refused: number;
  readonly lost: number;
  readonly doubled: number;
}

const IN_FLIGHT_EACH = 4;
const WARM_SECONDS_MAX = 120;

/** Most records that a run sends. */
export function recordsOf({ warmRecordsEach, burst, paced }: ReplicaLoad, stages: number): number {
  return warmRecordsEach * stages + burst.records + paced.recordsPerSecond * paced.seconds;
}

/** Drives what was started through all phases. */
export async function driveStages(
  count: number,
  stages: Stages,
  { generator, sink }: { readonly generator: Child<GeneratorCall>; readonly sink: Child<SinkCall> },
  load: ReplicaLoad,
): Promise<ReplicaRun> {
  await sink.ask({ kind: "expect", records: recordsOf(load, count) }, expectAnswer);
  let sent = 0;
  let refused = 0;
  const encode = async (phase: "warm" | "cold" | "paced", records: number, recordsEach: number) =>
    generator.ask(
      { kind: "encode", phase, recordsEach, from: sent, to: sent + records, services: [...stages.services] },
      encodedAnswer,
    );
  const burst = async (phase: "warm" | "cold", records: number, recordsEach: number, secondsMax: number) => {
    await encode(phase, records, recordsEach);
    const { endpoint } = stages;
    const answer = await generator.ask(
      { kind: "burst", phase, endpoint, inFlight: IN_FLIGHT_EACH * count, secondsMax },
      burstAnswer,
    );
    sent += answer.requests * recordsEach;
    refused += answer.refused;
    return { records: answer.requests * recordsEach, seconds: answer.seconds };
  };
  const stretch = async <T extends object>(work: () => Promise<T>) => {
    const before = await stages.look();
    const done = await work();
    return { before, ...done, after: await stages.look() };
  };

  const { recordsEach, seconds } = load.burst;
  await burst("warm", load.warmRecordsEach * count, recordsEach, WARM_SECONDS_MAX);
  await stages.untilQuiet(load.quietMsMax);
  const fast = await stretch(async () => {
    const answer = await burst("cold", load.burst.records, recordsEach, seconds);
    await stages.untilQuiet(load.quietMsMax);
    return answer;
  });
  const { paced } = load;
  const { requests } = await encode("paced", paced.recordsPerSecond * paced.seconds, paced.recordsEach);
  const steady = await stretch(async () => {
    const requestsPerSecond = paced.recordsPerSecond / paced.recordsEach;
    const answer = await generator.ask(
      { kind: "paced", phase: "paced", endpoint: stages.endpoint, requestsPerSecond },
      pacedAnswer,
    );
    refused += answer.refused;
    return {
      records: requests * paced.recordsEach,
      seconds: requests / requestsPerSecond,
      latenciesMs: answer.latenciesMs,
    };
  });
  sent += steady.records;
  await stages.untilQuiet(load.quietMsMax);
  const idle = await stretch(async () => {
    await delay(load.idleSeconds * 1_000);
    return { records: 0, seconds: load.idleSeconds };
  });
  const { lost, doubled } = await sink.ask({ kind: "count", records: sent }, countAnswer);
  return { stages: count, burst: fast, paced: steady, idle, refused, lost, doubled };
}
