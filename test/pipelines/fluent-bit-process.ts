import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { recipe } from "./pipeline.ts";

/** A real Fluent Bit, running one of the recipes. */
export interface FluentBitProcess {
  /** What it says of itself, the last of it. */
  log(): string;
  /** SIGTERM, and its end. */
  stop(): Promise<void>;
}

/**
 * @param changes texts of the recipe, such as paths and ports, and what stands in their place here
 * @param port where it listens, if it does
 */
export async function startFluentBit(
  binary: string,
  name: string,
  changes: readonly (readonly [from: string, to: string])[],
  port?: number,
): Promise<FluentBitProcess> {
  const config = join(temporaryDirectory("fluent-bit"), `${name}.yaml`);
  let text = readFileSync(recipe(name), "utf8");
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`${name} has no ${from}`);
    text = text.replaceAll(from, to);
  }
  writeFileSync(config, text);
  const child = spawn(binary, ["--config", config], { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => {
    log = (log + chunk.toString("utf8")).slice(-20_000);
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await waitFor("Fluent Bit to be up", async () => {
    if (child.exitCode !== null) throw new Error(`Fluent Bit left: ${log}`);
    return port === undefined || (await listens(port)) ? true : undefined;
  });
  return {
    log: () => log,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
