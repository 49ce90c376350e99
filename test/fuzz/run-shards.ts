import { spawn } from "node:child_process";
import { once } from "node:events";

/** Cases from a number on. */
export interface Shard {
  readonly from: number;
  readonly requests: number;
}

/** The same case numbers in as many parts, one after the other, that differ by one case at most. */
export function shardsOf({ from, requests }: Shard, parts: number): readonly Shard[] {
  const start = (part: number) => from + Math.floor((requests * part) / parts);
  return Array.from({ length: parts }, (_, part) => ({
    from: start(part),
    requests: start(part + 1) - start(part),
  })).filter((shard) => shard.requests > 0);
}

/**
 * Runs the command once for each part, at the same time: a stage and its senders keep one core busy.
 *
 * @param command the file of the command
 * @returns the exit code: 0 when nothing was wrong in any part
 */
export async function runShards(
  command: string,
  plan: Shard & { readonly seed: number; readonly minutes: number; readonly processes: number },
): Promise<number> {
  const codes = shardsOf(plan, plan.processes).map(async ({ from, requests }) => {
    const options = { seed: plan.seed, from, requests, minutes: plan.minutes };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = spawn(process.execPath, [...process.execArgv, command, ...args], { stdio: "inherit" });
    const [code] = await once(child, "exit");
    return code === 0 ? 0 : 1;
  });
  return Math.max(0, ...(await Promise.all(codes)));
}
