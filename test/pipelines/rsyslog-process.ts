import { spawn } from "node:child_process";
import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** A real rsyslogd that takes messages at a socket and hands them on. */
export interface RsyslogProcess {
  /** For `logger --socket`. */
  readonly socket: string;
  stop(): Promise<void>;
}

/**
 * Runs a copy: distributions confine the installed program to its own directories.
 * @param rules rsyslog statements behind the input
 */
export async function startRsyslog(installed: string, rules: string): Promise<RsyslogProcess> {
  const directory = temporaryDirectory("rsyslog");
  const program = join(directory, "rsyslogd");
  const config = join(directory, "rsyslog.conf");
  const socket = join(directory, "log");
  copyFileSync(installed, program);
  writeFileSync(
    config,
    [
      `global(workDirectory="${directory}")`,
      'module(load="imuxsock" SysSock.Use="off")',
      `input(type="imuxsock" Socket="${socket}" RateLimit.Interval="0")`,
      rules,
    ].join("\n"),
  );
  const child = spawn(program, ["-n", "-f", config, "-i", join(directory, "pid")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8");
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await waitFor("rsyslogd to be up", () => {
    if (child.exitCode !== null) throw new Error(`rsyslogd left: ${said}`);
    return existsSync(socket) ? true : undefined;
  });
  return {
    socket,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
