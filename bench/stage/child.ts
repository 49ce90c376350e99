import { fork } from "node:child_process";
import { once } from "node:events";
import type { z } from "zod";

/** A module in a process of its own that answers calls, one after the other. */
export interface Child<Call> {
  readonly pid: number;
  /** Rejects with what the call failed for there, and when the process ends before it answers. */
  ask<T>(call: Call, answer: z.ZodType<T>): Promise<T>;
  stop(): Promise<void>;
}

/** Starts `module`, which must call {@link serveCalls}. */
export function startChild<Call extends object>(module: string): Child<Call> {
  const child = fork(module, { serialization: "advanced", execArgv: ["--max-old-space-size=1024"] });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${module} could not be started`);
  return {
    pid,
    async ask(call, answer) {
      child.send(call);
      const answered = new AbortController();
      const { signal } = answered;
      const [reply] = await Promise.race([
        once(child, "message", { signal }),
        once(child, "exit", { signal }).then(([code]) => {
          throw new Error(`${module} left with ${code}`);
        }),
      ]).finally(() => answered.abort());
      if (isFailure(reply)) throw new Error(reply.failure);
      return answer.parse(reply);
    },
    async stop() {
      if (child.exitCode !== null) return;
      const exited = once(child, "exit");
      child.disconnect();
      await exited;
    },
  };
}

/** Answers the calls of the process that started this one, and leaves with it. */
export function serveCalls<Call>(schema: z.ZodType<Call>, answer: (call: Call) => Promise<object>): void {
  process.on("message", (message) => {
    answer(schema.parse(message)).then(
      (reply) => process.send?.(reply),
      (error: unknown) => process.send?.({ failure: error instanceof Error ? error.stack : String(error) }),
    );
  });
  process.on("disconnect", () => process.exit(0));
}

function isFailure(reply: unknown): reply is { readonly failure: string } {
  return typeof reply === "object" && reply !== null && "failure" in reply;
}
