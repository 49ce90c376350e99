import { describe, expect, it } from "vitest";
import { freshWindow } from "../../test/helpers/detector-windows.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import { evidenceAt } from "./opinions.ts";
import { createOrderChangeDetector } from "./order-change.ts";
import { placesOf } from "./places.ts";

const USUAL = ["open", "read", "close"];
const CHANGED = ["open", "close", "read"];

/** Some requests at once, each in its own trace: what comes next in the stream is always a step of another one. */
function interleaved(
  requests: readonly (readonly string[])[],
  atMs: number,
  hasTraces = true,
): SequenceWindow {
  const steps = USUAL.flatMap((_, step) => requests.map((request) => ({ request, step })));
  const window = freshWindow(
    steps.map(({ request, step }, index) => ({ template: request[step] ?? "", timeMs: atMs + index })),
  );
  if (!hasTraces) return window;
  const events = window.events.map((event, index) => {
    const { request, step } = steps[index] ?? { request: [], step: 0 };
    return { ...event, previousInTrace: request[step - 1] ?? "" };
  });
  return { ...window, events };
}

function taught(windows: number) {
  const detector = createOrderChangeDetector();
  for (let i = 0; i < windows; i += 1) detector.learn([interleaved([USUAL, USUAL, USUAL], 1_000 * i)]);
  return detector;
}

async function asked(
  detector: ReturnType<typeof createOrderChangeDetector>,
  windows: readonly SequenceWindow[],
  { signal } = new AbortController(),
) {
  const places = placesOf(windows);
  const opinions = await detector.score(places, signal);
  return Array.from({ length: places.count }, (_, place) => evidenceAt(opinions, place));
}

const highest = (evidence: Awaited<ReturnType<typeof asked>>) =>
  Math.max(...evidence.map(({ surprise }) => (Number.isNaN(surprise) ? 0 : surprise)));

describe("the detector of changed orders", () => {
  it("says nothing of a service that it does not know", async () => {
    const evidence = await asked(createOrderChangeDetector(), [interleaved([CHANGED], 0)]);
    expect(evidence.every(({ surprise }) => Number.isNaN(surprise))).toBe(true);
  });

  it("says nothing of the usual order, however many requests are interleaved", async () => {
    const evidence = await asked(taught(400), [interleaved([USUAL, USUAL, USUAL, USUAL, USUAL], 400_000)]);
    expect(highest(evidence)).toBe(0);
  });

  it("finds little in one request in another order, and much in five", async () => {
    const detector = taught(400);
    expect(highest(await asked(detector, [interleaved([USUAL, CHANGED, USUAL], 400_000)]))).toBeLessThan(6);
    const five = await asked(detector, [interleaved([CHANGED, CHANGED, CHANGED, CHANGED, CHANGED], 400_000)]);
    expect(highest(five)).toBeGreaterThan(14);
    const strongest = five.find(({ surprise }) => surprise === highest(five));
    expect(strongest).toMatchObject({
      detail: { kind: "order-change", times: 5, after: "open" },
      expected: [{ template: "read" }],
      order: { times: 0, of: 1_200 },
    });
  });

  it("adds up over the windows of one request, and over what was learned", async () => {
    const detector = taught(400);
    const windows = Array.from({ length: 5 }, (_, i) => interleaved([CHANGED], 400_000 + 1_000 * i));
    const request = new AbortController();
    let level = 0;
    for (const window of windows) level = highest(await asked(detector, [window], request));
    expect(level).toBeGreaterThan(14);
    expect(highest(await asked(detector, [windows[0] ?? interleaved([CHANGED], 0)]))).toBeLessThan(6);
    detector.learn(windows.slice(0, 4));
    expect(highest(await asked(detector, windows.slice(4)))).toBeGreaterThan(12);
  });

  it("goes by the stream where there are no traces", async () => {
    const detector = createOrderChangeDetector();
    for (let i = 0; i < 400; i += 1) detector.learn([interleaved([USUAL], 1_000 * i, false)]);
    const windows = Array.from({ length: 5 }, (_, i) => interleaved([CHANGED], 400_000 + 1_000 * i, false));
    expect(highest(await asked(detector, windows))).toBeGreaterThan(10);
  });
});
