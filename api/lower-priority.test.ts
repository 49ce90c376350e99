import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { constants, getPriority } from "node:os";
import { expect, it, onTestFinished } from "vitest";
import { lowerPriority } from "./lower-priority.ts";

/** Of each thread; on Linux an id of a thread stands for that thread. */
function prioritiesOf(pid: number): ReadonlySet<number> {
  return new Set(readdirSync(`/proc/${pid}/task`).map((id) => getPriority(Number(id))));
}

it("is lowered for all threads of a process that runs, and for those that it starts later", async () => {
  const startThread =
    'new (require("node:worker_threads").Worker)("setInterval(() => {}, 1e6)", { eval: true })';
  const child = spawn(process.execPath, [
    "-e",
    `${startThread}.once("online", () => console.log("runs"));
     process.stdin.once("data", () => ${startThread}.once("online", () => console.log("runs")))`,
  ]);
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  const { pid = 0 } = child;
  expect(prioritiesOf(pid)).toEqual(new Set([getPriority()]));
  lowerPriority(pid);
  child.stdin.write("another");
  await once(child.stdout, "data");
  expect(prioritiesOf(pid)).toEqual(new Set([constants.priority.PRIORITY_BELOW_NORMAL]));
});

it("is nobody's fault where the process has gone, or never was", async () => {
  const child = spawn(process.execPath, ["--version"]);
  await once(child, "close");
  expect(() => lowerPriority(child.pid)).not.toThrow();
  expect(() => lowerPriority(undefined)).not.toThrow();
});
