import { type Child, startChild } from "./child.ts";
import { burstAnswer, encodedAnswer, type GeneratorCall, pacedAnswer, readAnswer } from "./generator.ts";
import { type ProcessUsage, readUsage, untilQuiet } from "./process-usage.ts";
import { countAnswer, expectAnswer, listenAnswer, type SinkCall } from "./sink.ts";
import type { StreamName, StreamSource } from "./streams.ts";
import type { RunningSubject, Scoring, Subject } from "./subjects.ts";

/** Requests that are sent as fast as they are taken. */
export interface BurstLoad {
  /** Most records, and the time after which no further request is sent. */
  readonly records: number;
  readonly seconds: number;
  readonly recordsEach: number;
  readonly inFlight: number;
}

/** How much is sent. */
export interface Load {
  /** Into a subject that has just started. */
  readonly cold: BurstLoad;
  /** After it. */
  readonly warm: BurstLoad;
  /** At half of the warm rate: most records, most time. */
  readonly paced: { readonly records: number; readonly seconds: number; readonly recordsEach: number };
  /** Requests of one record. */
  readonly single: BurstLoad;
  /** Longest wait for work that goes on after the last answer. */
  readonly quietMsMax: number;
}

/** What one run of a subject gave. */
export interface Run {
  readonly bytesPerRecord: number;
  readonly cold: Throughput;
  readonly warm: Throughput;
  readonly single: Throughput;
  readonly latenciesMs: readonly number[];
  readonly scoring: Scoring | undefined;
  /** The same at half of the rate. */
  readonly pacedScoring: Scoring | undefined;
  readonly usage: ProcessUsage;
  /** Resident memory after the burst, when nothing is left to do. */
  readonly steadyRssMiB: number;
  readonly readyMs: number;
  readonly refused: number;
  readonly lost: number;
  readonly doubled: number;
  readonly stderr: string;
}

/** What a burst came to. */
export interface Throughput {
  readonly records: number;
  readonly recordsPerSecond: number;
  readonly cpuUsPerRecord: number;
}

/** The processes around a subject: the sender and the next hop. */
export interface Rig {
  /** The next hop, fed without a stage: what the measurement itself can do. */
  readonly nextHop: Subject;
  /** Reads the lines that one run of the stream needs. */
  load(stream: StreamName, data: string, load: Load): Promise<void>;
  run(subject: Subject, stream: StreamSource, load: Load): Promise<Run>;
  close(): Promise<void>;
}

/** Starts the sender and the next hop. */
export async function startRig(): Promise<Rig> {
  const generator = startChild<GeneratorCall>(`${import.meta.dirname}/generator.ts`);
  const sink = startChild<SinkCall>(`${import.meta.dirname}/sink.ts`);
  const { port } = await sink.ask({ kind: "listen" }, listenAnswer);
  const nextHop = `127.0.0.1:${port}`;
  return {
    nextHop: {
      name: "no stage (the next hop's own CPU)",
      start: async () => ({
        pid: sink.pid,
        endpoint: nextHop,
        readyMs: Number.NaN,
        scoring: async () => undefined,
        stderr: () => "",
        stop: async () => undefined,
      }),
    },
    async load(stream, data, load) {
      const wanted = recordsOf(load);
      const { lines } = await generator.ask({ kind: "read", stream, data, lines: wanted }, readAnswer);
      if (lines < wanted) throw new Error(`${stream} has ${lines} lines, the run needs ${wanted}`);
    },
    async run(subject, stream, load) {
      await sink.ask({ kind: "expect", records: recordsOf(load) }, expectAnswer);
      const running = await subject.start(nextHop, stream);
      try {
        return await drive(running, { generator, sink }, load);
      } finally {
        await running.stop();
      }
    },
    close: async () => void (await Promise.all([generator.stop(), sink.stop()])),
  };
}

interface Peers {
  readonly generator: Child<GeneratorCall>;
  readonly sink: Child<SinkCall>;
}

function recordsOf({ cold, warm, paced, single }: Load): number {
  return cold.records + warm.records + paced.records + single.records;
}

/** The cold pass first; then, warm, smaller requests, half of their rate, and requests of one record. */
async function drive(running: RunningSubject, { generator, sink }: Peers, load: Load): Promise<Run> {
  const { pid, readyMs } = running;
  let sent = 0;
  const burstOf = async (phase: BurstPhase) => {
    const throughput = await burst(running, generator, phase, sent, load);
    sent += throughput.records;
    return throughput;
  };
  const cold = await burstOf("cold");
  const scoring = await running.scoring();
  const steadyRssMiB = readUsage(pid).rssMiB;
  const warm = await burstOf("warm");
  const scoringBefore = await running.scoring();
  const paced = await pace(running, generator, sent, warm.recordsPerSecond / 2, load);
  sent += paced.records;
  const pacedScoring = difference(await running.scoring(), scoringBefore);
  const single = await burstOf("single");
  const { lost, doubled } = await sink.ask({ kind: "count", records: sent }, countAnswer);
  return {
    bytesPerRecord: cold.bytesPerRecord,
    cold,
    warm,
    single,
    latenciesMs: paced.latenciesMs,
    scoring,
    pacedScoring,
    usage: readUsage(pid),
    steadyRssMiB,
    readyMs,
    refused: cold.refused + warm.refused + paced.refused + single.refused,
    lost,
    doubled,
    stderr: running.stderr(),
  };
}

/** In an open loop, from record number `from` on. */
async function pace(
  { endpoint }: RunningSubject,
  generator: Child<GeneratorCall>,
  from: number,
  recordsPerSecond: number,
  { paced: { records: recordsMax, seconds, recordsEach } }: Load,
) {
  const records = Math.floor(Math.min(recordsMax, recordsPerSecond * seconds) / recordsEach) * recordsEach;
  await generator.ask(
    { kind: "encode", phase: "paced", recordsEach, from, to: from + records },
    encodedAnswer,
  );
  const answer = await generator.ask(
    { kind: "paced", phase: "paced", endpoint, requestsPerSecond: recordsPerSecond / recordsEach },
    pacedAnswer,
  );
  return { ...answer, records };
}

type BurstPhase = "cold" | "warm" | "single";

/** As many records from number `from` on as there is time for; over when nothing is left to do. */
async function burst(
  { endpoint, pid }: RunningSubject,
  generator: Child<GeneratorCall>,
  phase: BurstPhase,
  from: number,
  load: Load,
) {
  const { records: recordsMax, recordsEach, inFlight, seconds: secondsMax } = load[phase];
  const { bytes } = await generator.ask(
    { kind: "encode", phase, recordsEach, from, to: from + recordsMax },
    encodedAnswer,
  );
  const before = readUsage(pid).cpuMs;
  const { seconds, requests, refused } = await generator.ask(
    { kind: "burst", phase, endpoint, inFlight, secondsMax },
    burstAnswer,
  );
  await untilQuiet(pid, load.quietMsMax);
  const records = requests * recordsEach;
  return {
    records,
    refused,
    recordsPerSecond: records / seconds,
    cpuUsPerRecord: ((readUsage(pid).cpuMs - before) * 1000) / records,
    bytesPerRecord: bytes / recordsMax,
  };
}

function difference(after: Scoring | undefined, before: Scoring | undefined): Scoring | undefined {
  if (after === undefined || before === undefined) return undefined;
  return {
    scored: after.scored - before.scored,
    unscored: after.unscored - before.unscored,
    withoutModel: after.withoutModel - before.withoutModel,
    requests: after.requests - before.requests,
    lateForModel: after.lateForModel - before.lateForModel,
  };
}
