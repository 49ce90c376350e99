import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ForwardOutcome } from "../processor/forward/forward-outcome.ts";
import type { Forwarder } from "../processor/forward/forwarder.ts";
import type { LineBatch } from "../processor/receive/lines/to-resources.ts";
import { readRequest } from "../processor/wire/read-request.ts";
import type { RecordView } from "../processor/wire/record-view.ts";
import { type Script, scriptedIo } from "../test/generate/scripted-io.ts";
import type { LineSink } from "./lines/line-sink.ts";
import { runTail } from "./tail.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "logbert-tail-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const scene = (script: Omit<Script, "beginMs"> = {}) =>
  scriptedIo({ beginMs: Date.UTC(2026, 0, 5), ...script });

/** A next hop that notes the records it acknowledges; `answers` are given first, one a request. */
function nextHop(answers: ForwardOutcome[] = []) {
  const records: RecordView[] = [];
  const forwarder: Forwarder = {
    async forward(body) {
      const answer = answers.shift() ?? { kind: "accepted", rejectedRecords: 0, message: "" };
      if (answer.kind === "accepted") records.push(...readRequest(body).records);
      return answer;
    },
    close: async () => undefined,
  };
  return { ports: { openForwarder: () => forwarder }, records };
}

describe("wrong usage", () => {
  it.each([
    [{ format: "xml" }, /--format: must be one of/],
    [{ service: " " }, /--service: must not be empty/],
    [{ endpoint: "a b" }, /--endpoint: must be host:port/],
    [
      { endpoint: "http://me:secret@a:1" },
      /^--endpoint: must hold no user name, password or fragment[^\n]*$/,
    ],
    [{ protocol: "smtp" }, /--protocol/],
    [{ standalone: true }, /--standalone is not available/],
  ])("%j", async (options, message) => {
    await expect(runTail(["-"], options, scene().io, nextHop().ports)).rejects.toMatchObject({
      name: "UsageError",
      message: expect.stringMatching(message),
    });
  });

  it("too many files", async () => {
    const files = Array.from({ length: 1_001 }, (_, i) => `f${i}`);
    await expect(runTail(files, {}, scene().io, nextHop().ports)).rejects.toThrow(/at most 1000/);
  });
});

describe("standard input", () => {
  it("is sent whole, stack traces joined, and ends with 0", async () => {
    const { io, told } = scene({ stdin: "2026-01-05T08:00:00Z ERROR a\n\tat b\nINFO c\nd" });
    const { ports, records } = nextHop();
    expect(await runTail(["-"], { service: "cart" }, io, ports)).toBe(0);
    expect(records.map(({ body }) => body)).toEqual(["2026-01-05T08:00:00Z ERROR a\n\tat b", "INFO c", "d"]);
    expect(records[0]?.severityNumber).toBe(17);
    expect(records[0]?.resourceAttribute("service.name")).toBe("cart");
    expect(told).toEqual(["3 records acknowledged."]);
  });

  it("is sent again after a retryable answer, once", async () => {
    const { ports, records } = nextHop([
      { kind: "retry", afterMs: 5, message: "busy" },
      { kind: "retry", afterMs: undefined, message: "busy" },
    ]);
    const { io, told } = scene({ stdin: "a\nb\n" });
    expect(await runTail(["-"], {}, io, ports)).toBe(0);
    expect(records.map(({ body }) => body)).toEqual(["a", "b"]);
    expect(told[0]).toContain("(busy); trying again");
  });

  it("ends with 1 when records were refused, and says how many", async () => {
    const { ports } = nextHop([{ kind: "refused", reason: "other", message: "no" }]);
    const { io, told } = scene({ stdin: "a\nb\n" });
    expect(await runTail(["-"], {}, io, ports)).toBe(1);
    expect(told).toEqual(["The stage refused 2 records for good: no", "0 records acknowledged, 2 refused."]);
  });

  it("goes to the stage of its own with --standalone", async () => {
    const batches: LineBatch[] = [];
    const sink = {
      send: async (batch: LineBatch) => void batches.push(batch),
      close: async () => 0 as const,
    };
    const { io } = scene({ stdin: "a\n" });
    expect(await runTail(["-"], { standalone: true }, io, { openStandalone: async () => sink })).toBe(0);
    expect(batches).toMatchObject([{ service: "stdin", file: undefined, lines: [{ body: "a" }] }]);
  });
});

describe("files", () => {
  it("are followed until told to stop; what waits for more lines is sent then", async () => {
    const [a, b] = [join(folder, "a.log"), join(folder, "b.log")];
    writeFileSync(a, "old\n");
    const { ports, records } = nextHop();
    const { io } = scene({
      onSleep(times, stop) {
        if (times === 1) appendFileSync(a, "new\n\tat x\n");
        if (times === 2) appendFileSync(b, '{"msg":"late","service":"cart"}\n');
        if (records.length === 3) stop();
      },
    });
    expect(await runTail([a, b], { fromStart: true }, io, ports)).toBe(0);
    const seen = records.map((record) => [record.resourceAttribute("service.name"), record.body]);
    expect(seen.toSorted()).toEqual([
      ["a", "new\n\tat x"],
      ["a", "old"],
      ["cart", "late"],
    ]);
    expect(records.find(({ body }) => body === "late")?.resourceAttribute("log.file.path")).toBe(b);
  });

  it("are read from their start when asked", async () => {
    const path = join(folder, "a.log");
    writeFileSync(path, "old\n");
    const { ports, records } = nextHop();
    const { io } = scene({ onSleep: (_, stop) => (records.length === 1 ? stop() : undefined) });
    await runTail([path], { fromStart: true }, io, ports);
    expect(records.map(({ body }) => body)).toEqual(["old"]);
  });

  it("that are rotated while the next hop is away are all sent, in order", async () => {
    const path = join(folder, "a.log");
    writeFileSync(path, "0\n");
    const sent: string[] = [];
    let rotations = 0;
    let release: (() => void) | undefined;
    const sink: LineSink = {
      async send({ lines }) {
        sent.push(...lines.map(({ body }) => body));
        if (rotations === 0) {
          await new Promise<void>((resolve) => {
            release = resolve;
          });
        }
      },
      close: async () => 0,
    };
    const { io } = scene({
      onSleep(_, stop) {
        if (sent.length === 6) stop();
        if (release === undefined) return;
        if (rotations === 5) return release();
        rotations += 1;
        renameSync(path, `${path}.${rotations}`);
        writeFileSync(path, `${rotations}\n`);
      },
    });
    const options = { fromStart: true, standalone: true };
    expect(await runTail([path], options, io, { openStandalone: async () => sink })).toBe(0);
    expect(sent).toEqual(["0", "1", "2", "3", "4", "5"]);
  });

  it("that cannot be read are told once, and the others go on", async () => {
    const path = join(folder, "a.log");
    writeFileSync(path, "old\n");
    const { ports, records } = nextHop();
    const { io, told } = scene({ onSleep: (_, stop) => (records.length === 1 ? stop() : undefined) });
    await runTail([folder, path], { fromStart: true }, io, ports);
    expect(told.filter((line) => line.includes("no regular file"))).toHaveLength(1);
    expect(records).toHaveLength(1);
  });
});
