import { spawn } from "node:child_process";
import { waitFor } from "../helpers/wait-for.ts";

/** A real Collector, running. */
export interface CollectorProcess {
  /** What it says of itself, the last of it. */
  log(): string;
  /** SIGTERM, and its end: what it holds is sent on or kept before. Rejects where a recipe relies on what newer Collectors do otherwise. */
  stop(): Promise<void>;
  /** SIGHUP: it reads its configuration anew. */
  reload(): void;
  /** SIGKILL, and its end. */
  kill(): Promise<void>;
}

/** What OTTL's `set` says once of a value that is not there; later it will set it (its gate `ottl.set.allowNil`). */
const IGNORED_NIL = "silently ignored a nil value";

/** What a Collector is started with. */
export interface CollectorOptions {
  readonly binary: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** host:port of its health check. */
  readonly health: string;
}

/** Starts it and waits until its receivers are there. */
export async function startCollector(options: CollectorOptions): Promise<CollectorProcess> {
  const { binary, environment, health } = options;
  const child = spawn(binary, options.arguments, {
    env: { ...process.env, ...environment, LOGBERT_COLLECTOR_HEALTH: health },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => {
    log = (log + chunk.toString("utf8")).slice(-20_000);
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await waitFor("the Collector to be up", async () => {
    if (child.exitCode !== null) throw new Error(`the Collector left: ${log}`);
    return (await fetch(`http://${health}/`).catch(() => undefined))?.ok === true ? true : undefined;
  });
  const end = async (signal: "SIGTERM" | "SIGKILL") => {
    child.kill(signal);
    await ended;
  };
  const stop = async () => {
    await end("SIGTERM");
    if (log.includes(IGNORED_NIL)) throw new Error(`a value that is not there was set: ${log}`);
  };
  return { log: () => log, stop, reload: () => void child.kill("SIGHUP"), kill: () => end("SIGKILL") };
}
