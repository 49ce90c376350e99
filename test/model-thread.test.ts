import type { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { startModelThread } from "../processor/inference/model-thread.ts";
import { waitFor } from "./helpers/wait-for.ts";

/** A model's thread that answers whatever it is asked. */
const ECHO = `
  import { parentPort } from "node:worker_threads";
  parentPort.on("message", (call) => {
    if (call.kind === "close") parentPort.close();
    else if (call.text === "hang") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_000);
    else if (call.text.startsWith("slow")) setTimeout(() => parentPort.postMessage({ kind: "echo", text: call.text }), 50);
    else parentPort.postMessage({ kind: "echo", text: call.text });
  });
  parentPort.postMessage({ kind: "ready" });`;

type Echo = { readonly kind: string; readonly text: string };

const echo = {
  file: new URL(`data:text/javascript,${encodeURIComponent(ECHO)}`),
  workerData: undefined,
  graph: "echo",
  remedy: "",
  rowsOf: (text: string) => text.length,
  reset: () => undefined,
};
const options = { maxWaitingRows: 1_000, onDeath: () => undefined };

describe("a model's thread", () => {
  it("goes on when a question cannot be sent", async () => {
    const thread = await startModelThread<string, Echo>(
      {
        ...echo,
        send(worker, [text]) {
          if (text === "huge") throw new RangeError("Array buffer allocation failed");
          worker.postMessage({ kind: "say", text });
        },
      },
      options,
    );
    const { signal } = new AbortController();
    const answers = await Promise.allSettled(["a", "huge", "b"].map((text) => thread.ask(text, signal)));
    expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    await expect(thread.ask("huge", signal)).rejects.toThrow("allocation failed");
    expect(await thread.ask("c", signal)).toEqual({ kind: "echo", text: "c" });
    await thread.close();
  });

  it("takes what is asked in one moment, or has come during a run, together, as far as it goes together, and answers each with its own", async () => {
    const sent: string[] = [];
    const thread = await startModelThread<string, Echo>(
      {
        ...echo,
        together: {
          joins: ([first], other) => first?.[0] === other[0],
          split: ({ kind, text }) => text.split("+").map((own) => ({ kind, text: own })),
        },
        send(worker, questions) {
          sent.push(questions.join("+"));
          worker.postMessage({ kind: "say", text: questions.join("+") });
        },
      },
      options,
    );
    const { signal } = new AbortController();
    const gone = new AbortController();
    const large = `a${"0".repeat(62)}`;
    const asked = ["a1", "a2", "a3", "a6", "b1", "a4", large, "a5"].map((text) =>
      thread.ask(text, text === "a3" ? gone.signal : signal),
    );
    gone.abort(new Error("gone"));
    const answers = await Promise.allSettled(asked);
    expect(answers.map((one) => (one.status === "fulfilled" ? one.value.text : String(one.reason)))).toEqual([
      "a1",
      "a2",
      "Error: gone",
      "a6",
      "b1",
      "a4",
      large,
      "a5",
    ]);
    // 64 rows at most, unless one question alone has more.
    expect(sent).toEqual(["a1+a2+a6", "b1", "a4", large, "a5"]);
    await thread.close();
  });

  const say = {
    ...echo,
    send: (worker: Worker, [text]: readonly string[]) => worker.postMessage({ kind: "say", text }),
  };

  it("refuses what nobody would be there to hear the answer of, and takes questions again when it has caught up", async () => {
    const thread = await startModelThread<string, Echo>(say, { ...options, patienceMs: 60 });
    const { signal } = new AbortController();
    await thread.ask("slow", signal);
    // Each of them takes as long as the one before: the fourth would wait for three times as long as anybody does.
    const asked = await Promise.allSettled(
      ["slow", "slow", "slow", "slow"].map((text) => thread.ask(text, signal)),
    );
    expect(asked[0]?.status).toBe("fulfilled");
    expect(asked[3]).toMatchObject({ status: "rejected", reason: { name: "ModelBusyError" } });
    expect(await thread.ask("a", signal)).toEqual({ kind: "echo", text: "a" });
    await thread.close();
  });

  it("that hangs is left behind, and another one answers", async () => {
    const deaths: string[] = [];
    const onDeath = (reason: string) => deaths.push(reason);
    const thread = await startModelThread<string, Echo>(say, { ...options, onDeath, callMsMax: 50 });
    const { signal } = new AbortController();
    await expect(thread.ask("hang", signal)).rejects.toThrow("died");
    expect(deaths).toEqual(["the model's thread has died"]);
    const again = await waitFor("an answer", () => thread.ask("a", signal).catch(() => undefined));
    expect(again).toEqual({ kind: "echo", text: "a" });
    await thread.close();
  });

  it("that hangs while it is being closed is left behind too", async () => {
    const thread = await startModelThread<string, Echo>(say, { ...options, callMsMax: 50 });
    const asked = thread.ask("hang", new AbortController().signal);
    const closed = thread.close();
    await expect(asked).rejects.toThrow("died");
    await closed;
  });

  it("takes a question that is larger than what may wait, when nothing waits", async () => {
    const thread = await startModelThread<string, Echo>(say, { ...options, maxWaitingRows: 3 });
    const { signal } = new AbortController();
    expect(await thread.ask("abcdef", signal)).toEqual({ kind: "echo", text: "abcdef" });
    const asked = await Promise.allSettled(["slow", "ab", "cd"].map((text) => thread.ask(text, signal)));
    expect(asked.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
    await thread.close();
  });
});
