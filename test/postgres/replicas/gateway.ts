import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { freePort } from "../../helpers/free-port.ts";
import { temporaryDirectory } from "../../helpers/temporary-directory.ts";
import { startCollector } from "../../pipelines/collector-process.ts";

/** A real Collector that gives each service, or each trace, to one of several stages. */
export interface Gateway {
  /** host:port for senders, who hear what the stages say; where one of them cannot be reached, all of a request is to be sent again. */
  readonly endpoint: string;
  /** From now on these are the stages, as if its resolver had found out. */
  resolve(stages: readonly string[]): void;
  stop(): Promise<void>;
}

/** @param stages host:port of each */
export async function startGateway(
  binary: string,
  stages: readonly string[],
  routingKey: "service" | "traceID",
): Promise<Gateway> {
  const [intake, health] = await Promise.all([freePort(), freePort()]);
  const directory = temporaryDirectory("gateway");
  const file = join(directory, "collector.yaml");
  const resolve = (hostnames: readonly string[]) =>
    writeFileSync(
      file,
      stringify({
        extensions: {
          health_check: { endpoint: `127.0.0.1:${health}` },
        },
        receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${intake}` } } } },
        exporters: {
          load_balancing: {
            routing_key: routingKey,
            resolver: { static: { hostnames } },
            protocol: {
              otlp: {
                tls: { insecure: true },
                timeout: "10s",
                sending_queue: { enabled: false },
                retry_on_failure: { enabled: false },
              },
            },
          },
        },
        service: {
          extensions: ["health_check"],
          telemetry: { metrics: { level: "none" } },
          pipelines: { logs: { receivers: ["otlp"], exporters: ["load_balancing"] } },
        },
      }),
    );
  resolve(stages);
  const running = await startCollector({
    binary,
    arguments: ["--config", file],
    environment: {},
    health: `127.0.0.1:${health}`,
  });
  return {
    endpoint: `127.0.0.1:${intake}`,
    resolve(next) {
      resolve(next);
      running.reload();
    },
    stop: running.stop,
  };
}
