import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll } from "vitest";
import { freePort } from "../helpers/free-port.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { type CollectorProcess, startCollector } from "./collector-process.ts";
import { readScoredRecords, type ScoredRecord } from "./scored-records.ts";

const pages = join(import.meta.dirname, "../../docs/pipelines");

/** The recipes of docs/pipelines/ by name. */
export function recipe(name: string): string {
  return join(pages, `${name}.yaml`);
}

/** How the page of a recipe starts a Collector with it: the arguments behind `otelcol`. */
export function argumentsOf(name: string): string[] {
  const page = readFileSync(join(pages, `${name}.md`), "utf8");
  const command = new RegExp(`^(?:\\w+=\\S+ )*otelcol --config docs/pipelines/${name}[.]yaml(.*)$`, "m").exec(
    page,
  );
  if (command === null) throw new Error(`docs/pipelines/${name}.md does not say how it is started`);
  const [, options = ""] = command;
  return ["--config", recipe(name), ...options.split(" ").filter((option) => option !== "")];
}

/** A running logbert that hands on to whichever Collector runs; recipes take turns at it. */
export interface Stage {
  /** A Collector that runs recipes with logbert in its middle, as its state was left by the one of that name before. */
  run(
    name: string,
    binary: string,
    commandLine: readonly string[],
    environment: Readonly<Record<string, string>>,
  ): Promise<RunningRecipe>;
  stop(): Promise<void>;
}

/** Recipes at work. */
export interface RunningRecipe {
  readonly collector: CollectorProcess;
  /** Waits until so many records have come back in all. */
  arrived(count: number): Promise<readonly ScoredRecord[]>;
  /** Ends the Collector in the middle of whatever it does. */
  kill(): Promise<void>;
  /** Ends the Collector in peace; what has come back by then, so that a record too many shows. */
  stop(): Promise<readonly ScoredRecord[]>;
}

/** The logbert that the recipes of one test file share: started when it is first asked for, stopped behind the last test. */
export function sharedStage(): () => Promise<Stage> {
  let stage: Promise<Stage> | undefined;
  afterAll(async () => (await stage)?.stop());
  return () => {
    stage ??= startStage();
    return stage;
  };
}

async function startStage(): Promise<Stage> {
  const scoredPort = await freePort();
  const directory = temporaryDirectory("logbert-pipelines");
  const logbert: LogbertProcess = await startLogbert({
    settings: {
      // On a busy machine, too, every record has its score.
      detect: { scoring_budget_ms: 60_000 },
      forward: { endpoint: `127.0.0.1:${scoredPort}` },
    },
  });
  return {
    async run(name, binary, commandLine, environment) {
      const output = join(directory, `${name}.jsonl`);
      const collector = await startCollector({
        binary,
        arguments: commandLine,
        health: `127.0.0.1:${await freePort()}`,
        environment: {
          LOGBERT_ENDPOINT: logbert.grpcEndpoint,
          LOGBERT_SCORED_ENDPOINT: `127.0.0.1:${scoredPort}`,
          LOGBERT_COLLECTOR_STATE: join(directory, name),
          LOGBERT_OUTPUT: output,
          ...environment,
        },
      });
      return {
        collector,
        arrived: (count) =>
          waitFor(`${count} records to come back, of which ${name} gives`, () => {
            const records = readScoredRecords(output);
            return records.length >= count ? records : undefined;
          }).catch((cause: unknown) => {
            const bodies = readScoredRecords(output).map(({ body }) => body);
            throw new Error(`${bodies.length} came back: ${JSON.stringify(bodies)}\n${collector.log()}`, {
              cause,
            });
          }),
        kill: () => collector.kill(),
        stop: async () => {
          await collector.stop();
          return readScoredRecords(output);
        },
      };
    },
    stop: async () => void (await logbert.stop()),
  };
}
