import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { stringify } from "yaml";
import { freePort } from "../helpers/free-port.ts";
import { startLogbert } from "../helpers/logbert-process.ts";
import { collector, testWith } from "../helpers/requirement.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { createLedger } from "./ledger.ts";
import { numbersIn } from "./numbered-requests.ts";
import { startRecordingHop } from "./recording-hop.ts";
import { startSender } from "./sender.ts";

const RECORDS_EACH = 50;
const KILLS = 2;
const REQUESTS = 20;

/** A Collector that passes on and repeats by itself; it answers its sender when the stage has. */
function configOf(receiver: number, stage: string): string {
  return stringify({
    receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${receiver}` } } } },
    exporters: {
      otlp_grpc: {
        endpoint: stage,
        tls: { insecure: true },
        timeout: "5s",
        compression: "none",
        sending_queue: { enabled: false },
        retry_on_failure: {
          enabled: true,
          initial_interval: "50ms",
          max_interval: "300ms",
          max_elapsed_time: "0s",
        },
      },
    },
    service: {
      telemetry: { metrics: { level: "none" } },
      pipelines: { logs: { receivers: ["otlp"], exporters: ["otlp_grpc"] } },
    },
  });
}

describe("a real Collector whose exporter repeats", () => {
  testWith(
    [collector()],
    "loses nothing when the stage behind it is killed and the next hop refuses, and keeps the order",
    async ([otelcol = ""]) => {
      const ledger = createLedger();
      const hop = await startRecordingHop("grpc", (body) => ledger.arrived(numbersIn(body)));
      const settings = { forward: { endpoint: hop.endpoint } };
      let stage = await startLogbert({ settings });
      const { ports, directory } = stage;
      const port = await freePort();
      const config = join(temporaryDirectory("faults-collector"), "config.yaml");
      writeFileSync(config, configOf(port, stage.grpcEndpoint));
      const otel = spawn(otelcol, ["--config", config], { stdio: "ignore" });
      // Patient: what is repeated here is repeated by the Collector.
      const sender = startSender({
        protocol: "grpc",
        address: `127.0.0.1:${port}`,
        stream: "one",
        recordsEach: RECORDS_EACH,
        ledger,
        timeoutMs: 110_000,
      });
      const goOn = async () => {
        const done = sender.done() + REQUESTS;
        await waitFor("records to go on", () => (sender.done() >= done ? true : undefined));
      };
      try {
        for (let kill = 0; kill < KILLS; kill += 1) {
          await goOn();
          await stage.kill();
          stage = await startLogbert({ settings, directory, ports });
        }
        let refused = 0;
        hop.behave(() => {
          refused += 1;
          return refused % 2 === 0 ? { kind: "take" } : { kind: "refuse", code: 14, retryAfterMs: 0 };
        });
        await goOn();
        await sender.finish();
      } finally {
        otel.kill("SIGKILL");
        await stage.stop();
        await hop.down();
      }
      const { lost, disordered, repeated, refused } = ledger.account();
      expect({ lost, disordered, refused }).toEqual({ lost: [], disordered: [], refused: 0 });
      // A kill can hit one request between the next hop's answer and ours.
      expect(repeated).toBeLessThanOrEqual(KILLS * RECORDS_EACH);
    },
  );
});
