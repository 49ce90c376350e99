import { spawnSync } from "node:child_process";
import { describe, expect } from "vitest";
import { freePort } from "../helpers/free-port.ts";
import { collector, rsyslog, testWith } from "../helpers/requirement.ts";
import { expectOnce, type SourceRecord } from "./expect-once.ts";
import { argumentsOf, sharedStage } from "./pipeline.ts";
import { startRsyslog } from "./rsyslog-process.ts";

/** A door of the recipe, and how the two real senders are told to use it. */
const DOORS = [
  {
    variable: "LOGBERT_SYSLOG_5424_TCP",
    logger: ["--tcp", "--rfc5424", "--octet-count"],
    rsyslog: 'protocol="tcp" TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format"',
  },
  {
    variable: "LOGBERT_SYSLOG_5424_TCP_LINES",
    logger: ["--tcp", "--rfc5424"],
    rsyslog: 'protocol="tcp" template="RSYSLOG_SyslogProtocol23Format"',
  },
  {
    variable: "LOGBERT_SYSLOG_5424_UDP",
    logger: ["--udp", "--rfc5424"],
    rsyslog: 'protocol="udp" template="RSYSLOG_SyslogProtocol23Format"',
  },
  {
    variable: "LOGBERT_SYSLOG_3164_TCP",
    logger: ["--tcp", "--rfc3164"],
    rsyslog: 'protocol="tcp" template="RSYSLOG_TraditionalForwardFormat"',
  },
  {
    variable: "LOGBERT_SYSLOG_3164_UDP",
    logger: ["--udp", "--rfc3164"],
    rsyslog: 'protocol="udp" template="RSYSLOG_TraditionalForwardFormat"',
  },
] as const;

const PRIORITIES = [
  ["user.err", 17, "err"],
  ["daemon.warning", 13, "warning"],
  ["local3.notice", 10, "notice"],
  ["mail.info", 9, "info"],
  ["auth.debug", 5, "debug"],
] as const;

function log(...options: readonly string[]): void {
  const { status, stderr } = spawnSync("logger", options, {
    env: { ...process.env, TZ: "UTC" },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`logger: ${stderr}`);
}

function send(
  options: readonly string[],
  port: number | undefined,
  tag: string,
  priority: string,
  body: string,
): void {
  log(
    ...options,
    "--server",
    "127.0.0.1",
    "--port",
    String(port),
    "--tag",
    tag,
    "--priority",
    priority,
    "--",
    body,
  );
}

const stage = sharedStage();

describe("syslog", () => {
  testWith(
    [collector(), rsyslog()],
    "what logger and rsyslog send in both formats over TCP and UDP arrives exactly once",
    async ([otelcol = "", rsyslogd = ""]) => {
      const startMs = Date.now();
      const ports = await Promise.all(DOORS.map(() => freePort()));
      const environment = Object.fromEntries(
        DOORS.map(({ variable }, i) => [variable, `127.0.0.1:${ports[i]}`]),
      );
      const running = await (await stage()).run("syslog", otelcol, argumentsOf("syslog"), environment);
      const relay = await startRsyslog(
        rsyslogd,
        DOORS.map(
          ({ rsyslog: options }, i) =>
            `if $programname == "relay${i}" then action(type="omfwd" target="127.0.0.1" port="${ports[i]}" ${options})`,
        ).join("\n"),
      );
      const written: SourceRecord[] = [];
      try {
        for (const [i, { logger }] of DOORS.entries()) {
          for (const [priority, severityNumber] of PRIORITIES) {
            const body = `payment ${i}-${written.length} of "Zoë" [late] is ${priority}`;
            written.push({ service: `direct${i}`, body, severityNumber });
            send(logger, ports[i], `direct${i}`, priority, body);
            written.push({ service: `relay${i}`, body, severityNumber });
            log("--socket", relay.socket, "--tag", `relay${i}`, "--priority", priority, "--", body);
          }
        }
        const traced = "order 2 failed\n\tat Gateway.capture(Gateway.java:91)";
        written.push({ service: "direct0", body: traced, severityNumber: 17 });
        send(DOORS[0].logger, ports[0], "direct0", "user.err", traced);
        await running.arrived(written.length);
      } finally {
        await relay.stop();
      }
      const back = await running.stop();
      expectOnce(back, written);
      const texts: ReadonlyMap<number, string> = new Map(
        PRIORITIES.map(([, number, text]) => [number, text]),
      );
      for (const { resource, severityNumber, severityText, timeMs } of back) {
        expect(resource["host.name"]).toEqual(expect.any(String));
        expect(severityText).toBe(texts.get(severityNumber));
        // RFC 3164 tells whole seconds.
        expect(timeMs).toBeGreaterThan(startMs - 1_000);
        expect(timeMs).toBeLessThanOrEqual(Date.now());
      }
    },
  );
});
