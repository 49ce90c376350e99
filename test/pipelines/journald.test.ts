import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { collector, journal, testWith } from "../helpers/requirement.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { expectOnce, type SourceRecord } from "./expect-once.ts";
import { argumentsOf, sharedStage } from "./pipeline.ts";

/** Two boots of one machine, one after the other. */
const BOOTS = ["5ec7075e5b3d4ce3aaec92c6b8a0310e", "94b4f8d193874da1a77c05cd85bc6382"] as const;

/** One entry in the journal's export format: text as a line, other bytes behind their length. */
function exported(fields: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(fields).flatMap(([name, value]) => {
    if (!value.includes("\n")) return [Buffer.from(`${name}=${value}\n`)];
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(bytes.length));
    return [Buffer.from(`${name}\n`), length, bytes, Buffer.from("\n")];
  });
  return Buffer.concat([...entries, Buffer.from("\n")]);
}

const stage = sharedStage();

describe("journald", () => {
  testWith(
    [collector(), journal()],
    "entries of a real journal file arrive exactly once, also over a restart of the machine",
    async ([otelcol = "", writer = ""]) => {
      const directory = join(temporaryDirectory("logbert-journal"), "journal");
      mkdirSync(directory);
      const startMs = Date.now();
      const written: SourceRecord[] = [];
      let boot: string = BOOTS[0];
      const write = (service: string, severityNumber: number, fields: Readonly<Record<string, string>>) => {
        const timeMs = startMs + written.length;
        written.push({ service, body: fields["MESSAGE"] ?? "", severityNumber, timeMs });
        const entry = exported({
          __REALTIME_TIMESTAMP: `${timeMs}042`,
          __MONOTONIC_TIMESTAMP: String(1_000 + written.length),
          _BOOT_ID: boot,
          _HOSTNAME: "web-1",
          _PID: "42",
          ...fields,
        });
        const { status, stderr } = spawnSync(writer, ["-o", join(directory, "system.journal"), "-"], {
          input: entry,
        });
        if (status !== 0) throw new Error(stderr.toString());
      };
      const run = async () =>
        (await stage()).run("journald", otelcol, argumentsOf("journald"), { LOGBERT_JOURNAL: directory });

      write("checkout", 9, {
        _SYSTEMD_UNIT: "checkout.service",
        SYSLOG_IDENTIFIER: "java",
        PRIORITY: "6",
        MESSAGE: "order 1 accepted",
      });
      const first = await run();
      write("worker", 17, {
        _SYSTEMD_UNIT: "worker@2.service",
        PRIORITY: "3",
        MESSAGE: "order 2 failed\n\tat Gateway.capture(Gateway.java:91)",
      });
      write("sshd", 13, {
        _SYSTEMD_UNIT: "session-3.scope",
        SYSLOG_IDENTIFIER: "sshd",
        PRIORITY: "4",
        MESSAGE: "colours \u001b[31mred\u001b[0m",
      });
      write("kernel", 5, {
        SYSLOG_IDENTIFIER: "kernel",
        PRIORITY: "7",
        MESSAGE: `long ${"x".repeat(10_000)}`,
      });
      await first.arrived(written.length);
      await first.stop();

      write("checkout", 21, {
        _SYSTEMD_UNIT: "checkout.service",
        PRIORITY: "0",
        MESSAGE: "written when nobody reads any more",
      });
      boot = BOOTS[1];
      write("checkout", 9, {
        _SYSTEMD_UNIT: "checkout.service",
        PRIORITY: "6",
        MESSAGE: "written when nobody reads yet",
      });
      const second = await run();
      await second.arrived(written.length);

      const back = await second.stop();
      expectOnce(back, written);
      for (const { resource, attributes } of back) {
        expect(resource["host.name"]).toBe("web-1");
        expect(attributes["process.pid"]).toBe(42);
      }
      expect(back.map(({ severityText }) => severityText).toSorted()).toEqual([
        "DEBUG",
        "ERROR",
        "FATAL",
        "INFO",
        "INFO",
        "WARN",
      ]);
    },
  );
});
