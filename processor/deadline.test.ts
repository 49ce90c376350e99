import { MessageChannel } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { deadlineIn } from "./deadline.ts";

const passed = (signal: AbortSignal) =>
  new Promise<string>((resolve) => signal.addEventListener("abort", () => resolve("passed")));

describe("a deadline", () => {
  it("lets an answer be heard that came while the thread was busy past it", async () => {
    const { port1, port2 } = new MessageChannel();
    const answered = new Promise<string>((resolve) => port1.once("message", resolve));
    const { signal } = deadlineIn(1);
    port2.postMessage("answered");
    const until = performance.now() + 20;
    while (performance.now() < until);
    expect(await Promise.race([answered, passed(signal)])).toBe("answered");
    port1.close();
  });

  it("passes when nothing comes, and says so", async () => {
    const { signal } = deadlineIn(1);
    const keepAlive = setInterval(() => undefined, 1_000);
    expect(await passed(signal)).toBe("passed");
    clearInterval(keepAlive);
    expect(signal.reason).toMatchObject({ name: "TimeoutError" });
  });

  it("does not pass when it was cleared", async () => {
    const [cleared, other] = [deadlineIn(1), deadlineIn(5)];
    cleared.clear();
    const keepAlive = setInterval(() => undefined, 1_000);
    await passed(other.signal);
    clearInterval(keepAlive);
    expect(cleared.signal.aborted).toBe(false);
  });
});
