import { describe, expect, it } from "vitest";
import { startModelThread } from "../processor/inference/model-thread.ts";

/** A model's thread that answers whatever it is asked. */
const ECHO = `
  import { parentPort } from "node:worker_threads";
  parentPort.on("message", (call) => {
    if (call.kind === "close") parentPort.close();
    else parentPort.postMessage({ kind: "echo", text: call.text });
  });
  parentPort.postMessage({ kind: "ready" });`;

describe("a model's thread", () => {
  it("goes on when a question cannot be sent", async () => {
    const thread = await startModelThread<string, { readonly kind: string; readonly text: string }>(
      {
        file: new URL(`data:text/javascript,${encodeURIComponent(ECHO)}`),
        workerData: undefined,
        graph: "echo",
        remedy: "",
        rowsOf: () => 1,
        send(worker, text) {
          if (text === "huge") throw new RangeError("Array buffer allocation failed");
          worker.postMessage({ kind: "say", text });
        },
        reset: () => undefined,
      },
      { maxWaitingRows: 10, onDeath: () => undefined },
    );
    const { signal } = new AbortController();
    const answers = await Promise.allSettled(["a", "huge", "b"].map((text) => thread.ask(text, signal)));
    expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    await expect(thread.ask("huge", signal)).rejects.toThrow("allocation failed");
    expect(await thread.ask("c", signal)).toEqual({ kind: "echo", text: "c" });
    await thread.close();
  });
});
