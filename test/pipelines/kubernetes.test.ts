import { appendFileSync, mkdirSync, renameSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect } from "vitest";
import { collector, testWith } from "../helpers/requirement.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { expectOnce, type SourceRecord } from "./expect-once.ts";
import { argumentsOf, sharedStage } from "./pipeline.ts";

const START_MS = Date.UTC(2026, 10, 30, 14, 5, 9, 123);
/** What container runtimes cut lines at. */
const PART_CHARACTERS = 16 * 1024;
const STACK_TRACE = [
  "ERROR order 2 failed",
  "java.lang.IllegalStateException: gateway closed",
  "\tat com.example.checkout.Gateway.capture(Gateway.java:91)",
  "Caused by: java.net.SocketTimeoutException: Read timed out",
  "\t... 23 common frames omitted",
];

/** One line of a container's output as its runtime writes it, in parts if it is long. */
type WriteLine = (path: string, timeMs: number, line: string) => void;

const containerd: WriteLine = (path, timeMs, line) => writeCri(path, line, nanoseconds(timeMs, "Z"));
const crio: WriteLine = (path, timeMs, line) =>
  writeCri(path, line, nanoseconds(timeMs + 3_600_000, "+01:00"));

function nanoseconds(timeMs: number, zone: string): string {
  return new Date(timeMs).toISOString().replace("Z", `456789${zone}`);
}

function writeCri(path: string, line: string, time: string): void {
  const parts = partsOf(line);
  const text = parts.map((part, i) => `${time} stdout ${i < parts.length - 1 ? "P" : "F"} ${part}\n`);
  appendFileSync(path, text.join(""));
}

const docker: WriteLine = (path, timeMs, line) => {
  const time = new Date(timeMs).toISOString().replace("Z", "456789Z");
  for (const log of partsOf(`${line}\n`))
    appendFileSync(path, `${JSON.stringify({ log, stream: "stderr", time })}\n`);
};

function partsOf(line: string): string[] {
  return line.match(new RegExp(`[^]{1,${PART_CHARACTERS}}`, "g")) ?? [""];
}

function podLog(logs: string, container: string): string {
  const path = join(logs, `shop_${container}-5c7d_0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0`, container, "0.log");
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

const stage = sharedStage();

describe("kubernetes", () => {
  testWith(
    [collector()],
    "lines of all runtimes arrive exactly once, long ones and stack traces whole, also around a rotation",
    async ([otelcol = ""]) => {
      const logs = temporaryDirectory("logbert-pods");
      const dockerLog = join(temporaryDirectory("logbert-docker"), "c0ffee-json.log");
      const paths = {
        checkout: podLog(logs, "checkout"),
        payment: podLog(logs, "payment"),
        cart: podLog(logs, "cart"),
      };
      symlinkSync(dockerLog, paths.cart);
      const written: SourceRecord[] = [];
      const write = (
        service: keyof typeof paths,
        writeLine: WriteLine,
        severityNumber: number,
        lines: readonly string[],
      ) => {
        const timeMs = START_MS + written.length * 1_001;
        written.push({ service, body: lines.join("\n"), severityNumber, timeMs });
        for (const [i, line] of lines.entries())
          writeLine(service === "cart" ? dockerLog : paths[service], timeMs + i, line);
      };
      const long = `INFO ${"long ".repeat(8_000)}end`;
      const runtimes = [
        ["checkout", containerd],
        ["payment", crio],
        ["cart", docker],
      ] as const;
      for (const [service, writeLine] of runtimes) {
        write(service, writeLine, 9, [`INFO order 1 in ${service}`]);
        write(service, writeLine, 17, STACK_TRACE);
        write(service, writeLine, 9, [long]);
        write(service, writeLine, 0, [`no level here in ${service}`]);
      }
      const run = async () =>
        (await stage()).run("kubernetes", otelcol, argumentsOf("kubernetes"), { LOGBERT_POD_LOGS: logs });
      const first = await run();
      await first.arrived(written.length);
      await first.stop();

      write("checkout", containerd, 13, ["WARN the last before the rotation, while nobody reads"]);
      renameSync(paths.checkout, `${paths.checkout}.20261130-140600`);
      write("checkout", containerd, 9, ["INFO the first after the rotation"]);
      const second = await run();
      await second.arrived(written.length);

      const back = await second.stop();
      expectOnce(back, written);
      for (const { resource, attributes } of back) {
        expect(resource).toMatchObject({
          "k8s.namespace.name": "shop",
          "k8s.pod.name": `${resource["service.name"]}-5c7d`,
          "k8s.container.restart_count": "0",
        });
        expect(attributes).toMatchObject({
          "log.iostream": resource["service.name"] === "cart" ? "stderr" : "stdout",
        });
        expect(attributes).not.toHaveProperty("logtag");
      }
    },
  );
});
