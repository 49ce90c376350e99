import { join } from "node:path";
import { temporaryDirectory } from "../../test/helpers/temporary-directory.ts";
import { readGoneCpuMs, readUsage, untilQuiet } from "../stage/process-usage.ts";
import type { Program } from "../stage/program.ts";
import { logbertSubject, type RunningSubject } from "../stage/subjects.ts";
import type { Database, DatabaseWork } from "./database.ts";
import { evenServices, startGateway } from "./gateway.ts";

const SERVICES_EACH = 4;

/** Stages behind a Collector that share one database. */
export interface Stages {
  /** host:port of the Collector. */
  readonly endpoint: string;
  /** Each stage gets as many of them. */
  readonly services: readonly string[];
  look(): Promise<Look>;
  /** Waits until the stages have little to do, at most so long. */
  untilQuiet(timeoutMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** What all of it has used at one moment. */
export interface Look {
  readonly atMs: number;
  /** Of each stage, without its API's process. */
  readonly stagesCpuMs: readonly number[];
  /** Of the API's processes. */
  readonly apisCpuMs: number;
  readonly gatewayCpuMs: number;
  readonly databaseCpuMs: number;
  readonly database: DatabaseWork;
  /** Resident, of each stage and of each API's process. */
  readonly stagesRssMiB: readonly number[];
  readonly apisRssMiB: readonly number[];
  readonly gatewayRssMiB: number;
  /** Records that the stages passed on without a verdict. */
  readonly unscored: number;
}

/** @param snapshotMs `remember.snapshot_interval_ms` */
export async function startStages(options: {
  readonly stages: number;
  readonly nextHop: string;
  readonly collector: string;
  readonly database: Database;
  readonly snapshotMs: number;
}): Promise<Stages> {
  const { nextHop, database } = options;
  const stages: RunningSubject[] = [];
  let gateway: Program | undefined;
  const stop = async () => {
    await gateway?.stop();
    await Promise.all(stages.map((stage) => stage.stop()));
  };
  try {
    const url = await database.create(`stages_of_${options.stages}`);
    for (let i = 0; i < options.stages; i += 1) {
      const settings = {
        store: {
          url,
          instance: `logbert-${i}`,
          path: join(temporaryDirectory("bench-replica"), "logbert.db"),
        },
        remember: { snapshot_interval_ms: options.snapshotMs },
      };
      stages.push(await logbertSubject("", settings).start(nextHop, { window: {} }));
    }
    const endpoints = stages.map(({ endpoint }) => endpoint);
    const started = await startGateway(options.collector, endpoints);
    gateway = started;
    return {
      endpoint: started.endpoint,
      services: evenServices(endpoints, SERVICES_EACH),
      look: () => look(stages, started, database),
      untilQuiet: async (timeoutMs) =>
        void (await Promise.all(stages.map(({ pid }) => untilQuiet(pid, timeoutMs)))),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function look(stages: readonly RunningSubject[], gateway: Program, database: Database): Promise<Look> {
  const scoring = await Promise.all(stages.map((stage) => stage.scoring()));
  const work = await database.work();
  const usages = stages.map(({ pid }) => readUsage(pid));
  const ofGateway = readUsage(gateway.pid);
  return {
    atMs: performance.now(),
    stagesCpuMs: usages.map(({ cpuMs, childrenCpuMs }) => cpuMs - childrenCpuMs),
    apisCpuMs: usages.reduce((sum, { childrenCpuMs }) => sum + childrenCpuMs, 0),
    gatewayCpuMs: ofGateway.cpuMs,
    databaseCpuMs: readUsage(database.pid).cpuMs + readGoneCpuMs(database.pid),
    database: work,
    stagesRssMiB: usages.map(({ rssMiB }) => rssMiB),
    apisRssMiB: usages.map(({ childrenRssMiB }) => childrenRssMiB),
    gatewayRssMiB: ofGateway.rssMiB,
    unscored: scoring.reduce((sum, each) => sum + (each?.unscored ?? 0), 0),
  };
}
