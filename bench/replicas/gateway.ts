import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { freePort } from "../../test/helpers/free-port.ts";
import { temporaryDirectory } from "../../test/helpers/temporary-directory.ts";
import { createHashRing, endpointOf } from "../scaling/hash-ring.ts";
import { type Program, startProgram } from "../stage/program.ts";

/** A Collector that gives each service to one of the stages, and answers when that stage has. */
export async function startGateway(binary: string, endpoints: readonly string[]): Promise<Program> {
  const port = await freePort();
  const file = join(temporaryDirectory("bench-gateway"), "collector.yaml");
  const otlp = {
    compression: "none",
    // Four stages on two cores may take long; 5 s is the default.
    timeout: "60s",
    tls: { insecure: true },
    sending_queue: { enabled: false },
    retry_on_failure: { enabled: false },
  };
  writeFileSync(
    file,
    stringify({
      receivers: {
        otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${port}`, max_recv_msg_size_mib: 64 } } },
      },
      exporters: {
        load_balancing: {
          routing_key: "service",
          protocol: { otlp },
          resolver: { static: { hostnames: endpoints } },
        },
      },
      service: {
        telemetry: { metrics: { level: "none" } },
        pipelines: { logs: { receivers: ["otlp"], exporters: ["load_balancing"] } },
      },
    }),
  );
  return startProgram(binary, ["--config", file], port);
}

/** Names of services of which the gateway gives each of the stages as many. */
export function evenServices(endpoints: readonly string[], each: number): readonly string[] {
  const ring = createHashRing(endpoints);
  const found = endpoints.map((): string[] => []);
  for (let i = 0; found.some(({ length }) => length < each); i += 1) {
    const name = `service-${i}`;
    const names = found[endpointOf(ring, name)];
    if (names !== undefined && names.length < each) names.push(name);
  }
  // In turns, so that what falls on the services unevenly does not fall on one stage.
  return Array.from({ length: each }, (_, i) => found.map((names) => names[i] ?? "")).flat();
}
