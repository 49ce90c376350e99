import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { freePort } from "../../test/helpers/free-port.ts";
import { temporaryDirectory } from "../../test/helpers/temporary-directory.ts";
import { startProgram } from "./program.ts";
import type { StreamSource } from "./streams.ts";

/** What became of the records that a subject was to score. */
export interface Scoring {
  /** Records that were given a verdict. */
  readonly scored: number;
  /** Records that passed without one. */
  readonly unscored: number;
  /** Events that the event model left to the other detectors. */
  readonly withoutModel: number;
  /** Requests that were judged, and those of them that the event model was late for. */
  readonly requests: number;
  readonly lateForModel: number;
}

/** A process under test. */
export interface RunningSubject {
  readonly pid: number;
  /** host:port that takes OTLP/gRPC. */
  readonly endpoint: string;
  /** From the start of the process until it says that it is ready, or its port takes connections where it has no way to say so. */
  readonly readyMs: number;
  /** Since the start; undefined for what does not score. */
  scoring(): Promise<Scoring | undefined>;
  /** What it wrote on stderr, the end of it. */
  stderr(): string;
  stop(): Promise<void>;
}

/** Something to be measured. */
export interface Subject {
  readonly name: string;
  start(nextHop: string, stream: Pick<StreamSource, "window">): Promise<RunningSubject>;
}

/** The Collector passes on what it gets, and answers when the next hop has answered, as the stage does. */
export function collectorSubject(name: string, binary: string, processors: readonly string[]): Subject {
  return {
    name,
    async start(nextHop) {
      const port = await freePort();
      const file = join(temporaryDirectory("bench-collector"), "collector.yaml");
      writeFileSync(
        file,
        stringify({
          receivers: {
            otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${port}`, max_recv_msg_size_mib: 64 } } },
          },
          processors: Object.fromEntries(processors.map((processor) => [processor, {}])),
          exporters: {
            otlp_grpc: {
              endpoint: nextHop,
              compression: "none",
              tls: { insecure: true },
              sending_queue: { enabled: false },
            },
          },
          service: {
            telemetry: { metrics: { level: "none" } },
            pipelines: { logs: { receivers: ["otlp"], processors, exporters: ["otlp_grpc"] } },
          },
        }),
      );
      const program = await startProgram(binary, ["--config", file], port);
      return { ...program, scoring: async () => undefined };
    },
  };
}

/** Whether the Collector was built with these processors. */
export function hasProcessors(binary: string, processors: readonly string[]): boolean {
  const { stdout } = spawnSync(binary, ["components"], { encoding: "utf8" });
  return processors.every((processor) => new RegExp(`name: ${processor}$`, "m").test(stdout));
}

/**
 * `logbert serve` with its defaults, the stream's own window settings and `settings`.
 * @param nodeArgs for Node itself, such as --cpu-prof
 */
export function logbertSubject(
  name: string,
  settings: Readonly<Record<string, unknown>> = {},
  nodeArgs: readonly string[] = [],
): Subject {
  return {
    name,
    async start(nextHop, { window }) {
      const [grpc, http, api, metrics] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
      const directory = temporaryDirectory("bench-logbert");
      const file = join(directory, "logbert.yaml");
      writeFileSync(
        file,
        stringify({
          receive: {
            grpc: { endpoint: `127.0.0.1:${grpc}` },
            http: { endpoint: `127.0.0.1:${http}` },
          },
          forward: { endpoint: nextHop, protocol: "grpc" },
          window,
          store: { path: join(directory, "logbert.db") },
          api: { endpoint: `127.0.0.1:${api}` },
          telemetry: { metrics_endpoint: `127.0.0.1:${metrics}` },
          ...settings,
        }),
      );
      const executable = join(import.meta.dirname, "../../bin/logbert.js");
      const args = [...nodeArgs, executable, "serve", "--config", file];
      const program = await startProgram(process.execPath, args, grpc, () => isReady(api));
      return { ...program, scoring: () => readScoring(`http://127.0.0.1:${metrics}/metrics`) };
    },
  };
}

/**
 * logbert's doors with nothing behind them.
 * @param forward settings of the way to the next hop
 */
export function relaySubject(name: string, forward: Readonly<Record<string, unknown>> = {}): Subject {
  return {
    name,
    async start(nextHop) {
      const port = await freePort();
      const module = join(import.meta.dirname, "relay.ts");
      const program = await startProgram(
        process.execPath,
        [module, String(port), nextHop, JSON.stringify(forward)],
        port,
      );
      return { ...program, scoring: async () => undefined };
    },
  };
}

async function isReady(port: number): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok === true;
}

async function readScoring(url: string): Promise<Scoring> {
  const text = await (await fetch(url)).text();
  const sum = (name: string, label = "") =>
    text
      .split("\n")
      .filter((line) => line.startsWith(name) && line.includes(label))
      .reduce((total, line) => total + Number(/ ([\d.e+]+)/.exec(line)?.[1] ?? 0), 0);
  const unscored = sum("logbert_scored_log_records_total", 'result="unscored"');
  return {
    scored: sum("logbert_scored_log_records_total") - unscored,
    unscored,
    withoutModel:
      sum("logbert_event_model_skipped_events_total") +
      sum("logbert_degraded_log_records_total", 'detector="event-model"'),
    requests: sum("logbert_inference_duration_seconds_count"),
    lateForModel: sum("logbert_detector_absent_requests_total", 'detector="event-model"'),
  };
}
