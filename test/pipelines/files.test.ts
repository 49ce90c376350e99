import { appendFileSync, copyFileSync, renameSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { collector, testWith } from "../helpers/requirement.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { expectOnce, type SourceRecord } from "./expect-once.ts";
import { argumentsOf, sharedStage } from "./pipeline.ts";

/** How often the Collector dies in the middle of its work. */
const KILLS = 3;

const START_MS = Date.UTC(2026, 10, 30, 14, 5, 9, 123);
const SEVERITIES = { INFO: 9, WARN: 13, ERROR: 17 };
const TRACE = [
  "java.lang.IllegalStateException: gateway closed",
  "\tat com.example.checkout.Gateway.capture(Gateway.java:91)",
  "\t... 23 common frames omitted",
  "Caused by: java.net.SocketTimeoutException: Read timed out",
  "",
  "\tat java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:278)",
].join("\n");

/** When the n-th record was written, as its line begins with it. */
function lineStart(n: number): string {
  return new Date(START_MS + n * 1_001).toISOString().replace("T", " ").replace(".", ",").slice(0, 23);
}

const stage = sharedStage();

describe("files", () => {
  testWith(
    [collector()],
    "lines, stack traces, and what is written around rotations of both kinds and a restart arrive exactly once",
    async ([otelcol = ""]) => {
      const logs = temporaryDirectory("logbert-files");
      const checkout = join(logs, "checkout.log");
      const payment = join(logs, "payment.log");
      const written: SourceRecord[] = [];
      const write = (
        service: string,
        level: keyof typeof SEVERITIES,
        text: string,
        path = join(logs, `${service}.log`),
      ) => {
        const timeMs = START_MS + written.length * 1_001;
        const body = `${lineStart(written.length)} ${level} ${text}`;
        written.push({ service, body, severityNumber: SEVERITIES[level], timeMs });
        appendFileSync(path, `${body}\n`);
      };
      const run = async () =>
        (await stage()).run("files", otelcol, argumentsOf("files"), { LOGBERT_INPUT_DIRECTORY: logs });

      const first = await run();
      write("checkout", "INFO", "[main] order 1 accepted");
      write("checkout", "ERROR", `[main] order 2 failed\n${TRACE}`);
      write("checkout", "WARN", "[main] order 3 is late");
      write("payment", "INFO", "captured 17 EUR");
      await first.arrived(written.length);

      write("checkout", "INFO", "[main] the last before it is renamed");
      renameSync(checkout, `${checkout}.1`);
      write("checkout", "INFO", "[main] the first after it was renamed");
      write("checkout", "INFO", "[worker] still holds the old file", `${checkout}.1`);
      write("payment", "INFO", "the last before it is copied");
      copyFileSync(payment, `${payment}.1`);
      truncateSync(payment);
      write("payment", "INFO", "the first after it was truncated");
      await first.arrived(written.length);
      await first.stop();

      write("checkout", "INFO", "[main] written while nobody reads");
      renameSync(checkout, `${checkout}.1`);
      write("checkout", "WARN", "[main] in a new file while nobody reads");
      write("payment", "INFO", "captured 18 EUR while nobody reads");
      const second = await run();
      await second.arrived(written.length);

      const back = await second.stop();
      expectOnce(back, written);
      for (const { attributes } of back) expect(attributes).not.toHaveProperty("level");
    },
  );

  testWith(
    [collector()],
    "a Collector that is killed, and a rotation meanwhile, lose nothing",
    async ([otelcol = ""]) => {
      const logs = temporaryDirectory("logbert-files");
      const file = join(logs, "checkout.log");
      const written: string[] = [];
      const writer = setInterval(() => {
        const bodies = Array.from(
          { length: 10 },
          (_, i) => `${lineStart(written.length + i)} INFO order accepted`,
        );
        written.push(...bodies);
        appendFileSync(file, `${bodies.join("\n")}\n`);
      }, 5);
      const run = async () =>
        (await stage()).run("killed", otelcol, argumentsOf("files"), { LOGBERT_INPUT_DIRECTORY: logs });
      const back = async () => new Set((await running.arrived(0)).map(({ body }) => String(body)));
      let running = await run();
      try {
        for (let kill = 1; kill <= KILLS; kill++) {
          await running.arrived(kill * 1_000);
          await running.kill();
          if (kill === 1) renameSync(file, `${file}.1`);
          running = await run();
        }
      } finally {
        clearInterval(writer);
      }
      await waitFor("every line to come back", async () =>
        (await back()).size >= written.length ? true : undefined,
      ).finally(() => running.stop());
      expect(await back()).toEqual(new Set(written));
    },
  );
});
