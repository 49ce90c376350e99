import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { freePort } from "../helpers/free-port.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** How a command of kubectl ended. */
export interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A real API server with a store of its own; no controller, scheduler or kubelet beside it, so that nothing is ever run. */
export interface Kube {
  /** As its administrator. */
  kubectl(args: readonly string[], input?: string): Said;
  stop(): Promise<void>;
}

/** @param program what test/deploy/build.sh builds */
export async function startKube(program: string): Promise<Kube> {
  const directory = temporaryDirectory("kube");
  const server = spawn(program, ["serve", directory, String(await freePort())], {
    cwd: directory,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  server.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString("utf8")).slice(-20_000);
  });
  const ended = new Promise<void>((resolve) => server.once("close", () => resolve()));
  const access = ["--kubeconfig", join(directory, "kubeconfig"), "--cache-dir", join(directory, "cache")];
  const kubectl = (args: readonly string[], input = ""): Said =>
    spawnSync(program, ["kubectl", ...access, ...args], { cwd: directory, encoding: "utf8", input });
  await waitFor("the API server to be ready", () => {
    if (server.exitCode !== null) throw new Error(`the API server left: ${said}`);
    const ready = kubectl(["get", "--raw", "/readyz"]).stdout === "ok";
    // Objects of what is made at the start are looked for in it.
    return (ready && kubectl(["get", "namespace", "default"]).status === 0) || undefined;
  });
  return {
    kubectl,
    async stop() {
      // It would wait for those who watch, and nothing of it is kept.
      server.kill("SIGKILL");
      await ended;
    },
  };
}
