import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { AnomalyCursor, StoredAnomaly } from "../store/anomaly.ts";
import { type AnomalyFeed, createAnomalyFeed } from "./anomaly-feed.ts";

const anomaly = (number: number): StoredAnomaly => ({
  id: String(number).padStart(26, "0"),
  timeMs: number,
  service: "shop",
  stream: "shop/1",
  severityNumber: 9,
  severityText: "INFO",
  body: "b",
  kind: "t",
  templateId: "t",
  template: "b",
  score: 1,
  threshold: 0.9,
  modelVersion: "m",
  traceId: undefined,
  explanation: { summary: "s", source: "MODEL", expected: [], detectors: [], tokens: [] },
  window: [],
  isAlert: true,
  incidentId: number < 100 ? "early" : "late",
});
const numbers = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

/** The methods of a store, with what another process wrote into it. */
function createMemory() {
  const stored: (StoredAnomaly & { readonly revision: number })[] = [];
  let revision = 0;
  const memory = {
    reads: 0,
    fault: undefined as Error | undefined,
    write(...ids: readonly number[]) {
      revision += 1;
      stored.push(...ids.toSorted((a, b) => a - b).map((id) => ({ ...anomaly(id), revision })));
    },
    anomalyCursor: async () => ({ revision, id: undefined }),
    async anomaliesSince(after: AnomalyCursor, limit: number) {
      const from = after.id ?? "~";
      const anomalies = stored
        .filter((one) => one.revision > after.revision || (one.revision === after.revision && one.id > from))
        .slice(0, limit);
      return { anomalies, next: anomalies.at(-1) ?? after };
    },
    incidentsById: async (ids: readonly string[]) =>
      ids.map((id) => ({
        id,
        service: "shop",
        startedAtMs: 0,
        lastAtMs: 0,
        anomalies: stored.length,
        maxScore: 1,
        severityNumber: 9,
        strongestId: id,
        templates: [],
      })),
    async changeCounter() {
      memory.reads += 1;
      if (memory.fault !== undefined) throw memory.fault;
      return stored.length;
    },
  };
  return memory;
}

const POLL_MS = 10;
const poll = (times = 1) => vi.advanceTimersByTimeAsync(POLL_MS * times);

let memory: ReturnType<typeof createMemory>;
let feed: AnomalyFeed;
let errors: unknown[];
beforeEach(() => {
  vi.useFakeTimers();
  memory = createMemory();
  errors = [];
  feed = createAnomalyFeed({
    store: memory,
    pollIntervalMs: POLL_MS,
    onError: (error) => errors.push(error),
  });
});
afterEach(() => {
  feed.close();
  vi.useRealTimers();
});

/** Everything that a listener hears, by number. */
async function listen(): Promise<{ readonly heard: number[]; leave(): Promise<unknown> }> {
  const listener = feed.anomalies();
  const heard: number[] = [];
  void (async () => {
    for await (const { timeMs } of listener) heard.push(timeMs);
  })();
  await poll();
  return { heard, leave: () => listener.return(undefined) };
}

it("reads nothing while nobody listens, and once for all who do", async () => {
  await poll(5);
  expect(memory.reads).toBe(0);
  const [a, b] = [await listen(), await listen()];
  const before = memory.reads;
  await poll(3);
  expect(memory.reads).toBe(before + 3);
  await a.leave();
  await b.leave();
  await poll(5);
  expect(memory.reads).toBe(before + 3);
});

it("tells what is stored from now on, each once", async () => {
  memory.write(...numbers(1, 300));
  const { heard } = await listen();
  await poll(3);
  memory.write(1_000, 1_001);
  await poll(3);
  memory.write(1_002);
  await poll(3);
  expect(heard).toEqual([1_000, 1_001, 1_002]);
});

it("tells an anomaly that was found early and stored late, however many were found since", async () => {
  memory.write(...numbers(1_000, 300));
  const { heard } = await listen();
  memory.write(5_000);
  await poll();
  memory.write(4_999, 10);
  await poll();
  expect(heard).toEqual([5_000, 10, 4_999]);
});

it("tells a storm of anomalies whole, over several reads", async () => {
  const { heard } = await listen();
  memory.write(...numbers(1, 1_800));
  await poll(10);
  expect(heard).toEqual(numbers(1, 1_800));
});

it("reports a store that cannot be read once, and goes on where it was", async () => {
  const { heard } = await listen();
  memory.fault = new Error("locked");
  memory.write(7);
  await poll(5);
  expect(errors).toEqual([memory.fault]);
  memory.fault = undefined;
  await poll();
  expect(heard).toEqual([7]);
  memory.fault = new Error("locked again");
  await poll(5);
  expect(errors).toHaveLength(2);
});

it("tells an incident once for all that was added to it together", async () => {
  const listener = feed.incidents();
  const heard: [string, number][] = [];
  void (async () => {
    for await (const { id, anomalies } of listener) heard.push([id, anomalies]);
  })();
  await poll();
  memory.write(1, 2, 3, 101);
  await poll();
  memory.write(4);
  await poll();
  await listener.return(undefined);
  expect(heard).toEqual([
    ["early", 4],
    ["late", 4],
    ["early", 5],
  ]);
});

it("tells an incident that was judged, once however often, although nothing was stored beside it", async () => {
  memory.write(1);
  const listener = feed.incidents();
  const heard: string[] = [];
  void (async () => {
    for await (const { id } of listener) heard.push(id);
  })();
  await poll(2);
  feed.judged("early");
  feed.judged("early");
  await poll(3);
  expect(heard).toEqual(["early"]);
});
