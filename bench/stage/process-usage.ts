import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** What a process with its child processes has used (Linux: /proc). */
export interface ProcessUsage {
  /** User and system time of all threads. The kernel counts in ticks of 10 ms. */
  readonly cpuMs: number;
  /** That of its child processes, which is part of it. */
  readonly childrenCpuMs: number;
  /** Resident memory of the process itself, now and at its largest. */
  readonly rssMiB: number;
  readonly peakRssMiB: number;
  /** Resident memory of its child processes. */
  readonly childrenRssMiB: number;
}

const TICK_MS = 10;
const KIB_PER_MIB = 1024;
/** Fields of /proc/<pid>/stat after the name: utime and stime (proc(5): fields 14 and 15). */
const UTIME = 11;
const STIME = 12;
/** cutime and cstime (fields 16 and 17). */
const CUTIME = 13;
const CSTIME = 14;

/** Rejects nothing: a process that has gone is an error of the caller, and throws. */
export function readUsage(pid: number): ProcessUsage {
  const children = childrenOf(pid).map(readUsage);
  const sum = (value: (usage: ProcessUsage) => number) =>
    children.reduce((total, usage) => total + value(usage), 0);
  const fields = statOf(pid);
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mib = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0) / KIB_PER_MIB;
  const childrenCpuMs = sum(({ cpuMs }) => cpuMs);
  return {
    cpuMs: (Number(fields[UTIME]) + Number(fields[STIME])) * TICK_MS + childrenCpuMs,
    childrenCpuMs,
    rssMiB: mib("VmRSS"),
    peakRssMiB: mib("VmHWM"),
    childrenRssMiB: sum(({ rssMiB, childrenRssMiB }) => rssMiB + childrenRssMiB),
  };
}

/** CPU time of the child processes that have gone. {@link readUsage} knows those that are there. */
export function readGoneCpuMs(pid: number): number {
  const fields = statOf(pid);
  return (Number(fields[CUTIME]) + Number(fields[CSTIME])) * TICK_MS;
}

function statOf(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

const LOOK_MS = 500;
/** Three looks in a row see less: what a request left to be done is done, work that comes once a second included. */
const QUIET_CPU_MS = 30;
const QUIET_LOOKS = 3;

/** Waits until the process has little to do, at most `timeoutMs`. */
export async function untilQuiet(pid: number, timeoutMs: number): Promise<void> {
  let quiet = 0;
  let before = readUsage(pid).cpuMs;
  for (let waitedMs = 0; waitedMs < timeoutMs && quiet < QUIET_LOOKS; waitedMs += LOOK_MS) {
    await delay(LOOK_MS);
    const now = readUsage(pid).cpuMs;
    quiet = now - before < QUIET_CPU_MS ? quiet + 1 : 0;
    before = now;
  }
}

function childrenOf(pid: number): readonly number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8")
      .trim()
      .split(/\s+/)
      .filter(Boolean)
      .map(Number),
  );
}
