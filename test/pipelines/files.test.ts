import { appendFileSync, copyFileSync, renameSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { collector, testWith } from "../helpers/requirement.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { expectOnce, type SourceRecord } from "./expect-once.ts";
import { recipe, sharedStage } from "./pipeline.ts";

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
        const body = `${new Date(timeMs).toISOString().replace("T", " ").replace(".", ",").slice(0, 23)} ${level} ${text}`;
        written.push({ service, body, severityNumber: SEVERITIES[level], timeMs });
        appendFileSync(path, `${body}\n`);
      };
      const run = async () =>
        (await stage()).run("files", otelcol, [recipe("files")], { LOGBERT_INPUT_DIRECTORY: logs });

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
});
