import { spawn } from "node:child_process";
import { z } from "zod";
import { freePort } from "../helpers/free-port.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** A real VictoriaLogs, running on an empty disk. */
export interface VictoriaLogsProcess {
  /** http://host:port */
  readonly url: string;
  /** The entries that a LogsQL query gives, each by its fields; every value is a text. */
  query(logsQl: string): Promise<readonly Readonly<Record<string, string>>[]>;
  stop(): Promise<void>;
}

const entry = z.record(z.string(), z.string());

/** @param binary the program */
export async function startVictoriaLogs(binary: string): Promise<VictoriaLogsProcess> {
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const child = spawn(
    binary,
    [`-httpListenAddr=${address}`, `-storageDataPath=${temporaryDirectory("victoria-logs")}`],
    { stdio: "ignore" },
  );
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await waitFor("VictoriaLogs to be up", async () => {
    if (child.exitCode !== null) throw new Error(`VictoriaLogs left with ${child.exitCode}`);
    return (await fetch(`${url}/health`).catch(() => undefined))?.ok === true ? true : undefined;
  });
  return {
    url,
    async query(logsQl) {
      const response = await fetch(`${url}/select/logsql/query`, {
        method: "POST",
        body: new URLSearchParams({ query: logsQl }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${logsQl}: ${text}`);
      return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => entry.parse(JSON.parse(line)));
    },
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
