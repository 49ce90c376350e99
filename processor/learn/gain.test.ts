import { expect, it } from "vitest";
import type { Sequence } from "./corpus.ts";
import { gainsOf } from "./gain.ts";
import { type Answers, askEachService, askHeldOut, type Questions } from "./held-out.ts";

/** A piece of an endless stream; no two of its questions are alike. */
function sequenceOf(events: number): Sequence {
  return {
    templates: Uint16Array.from({ length: events }, (_, i) => i),
    severities: new Uint8Array(events),
    gaps: new Float32Array(events),
    parameters: undefined,
    begins: false,
    ends: false,
  };
}

const partOf = (...events: number[]) => ({ sequences: events.map(sequenceOf), templates: 1_000 });

/** Answers with the same loss for all questions of a cluster. */
function answersTo({ services }: Questions, lossOf: (cluster: number, service: number) => number): Answers {
  return {
    score: { loss: 0, top1: 0, top3: 0 },
    losses: services.map(({ clusters, service }) =>
      Float64Array.from(clusters, (cluster) => lossOf(cluster, service)),
    ),
  };
}

it("the gain is the mean over events, and its error that of sequences, whatever their length", () => {
  const lengths = [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4];
  const questions = askHeldOut([partOf(...lengths)], 1_000);
  const gain = (cluster: number) => (cluster % 3) - 0.5;
  const before = answersTo(questions, () => 2);
  const after = answersTo(questions, (cluster) => 2 - gain(cluster));
  const { all } = gainsOf(questions, ["shop"], before, after);
  const sums = lengths.map((length, at) => length * gain(at));
  const mean = sums.reduce((a, b) => a + b, 0) / 30;
  const squares = lengths.map((length, at) => (length * (gain(at) - mean)) ** 2);
  expect(all).toMatchObject({ questions: 30, clusters: 12 });
  expect(all.mean).toBeCloseTo(mean, 12);
  expect(all.standardError).toBeCloseTo(Math.sqrt((squares.reduce((a, b) => a + b, 0) * 12) / 11) / 30, 12);
});

it("asking the same events of one sequence more often does not make the gain surer", () => {
  const repeated = { ...sequenceOf(60), templates: new Uint16Array(60) };
  const questions = askHeldOut([{ sequences: Array(12).fill(repeated), templates: 1 }], 10_000);
  // All windows of twenty equal events are one question to the model, and stay the events of twelve sequences.
  expect(questions.services[0]?.asked).toHaveLength(20);
  const before = answersTo(questions, () => 1);
  const after = answersTo(questions, (cluster) => (cluster < 6 ? 0 : 2));
  const { all } = gainsOf(questions, ["shop"], before, after);
  expect(all).toMatchObject({ mean: 0, questions: 720, clusters: 12 });
  expect(all.standardError).toBeCloseTo(1 / Math.sqrt(11), 12);
});

it("long sequences are cut into clusters, and a service with few is not judged alone", () => {
  const questions = askHeldOut([partOf(640), partOf(64 * 9)], 10_000);
  const { all, services } = gainsOf(
    questions,
    ["shop", "mail"],
    answersTo(questions, () => 1),
    answersTo(questions, (_, service) => service),
  );
  expect(all.clusters).toBe(19);
  expect(services).toEqual([
    { service: "shop", gain: { mean: 1, standardError: 0, questions: 640, clusters: 10 } },
  ]);
});

it("nothing asked is no gain", () => {
  const questions = askHeldOut([], 10);
  const answers = answersTo(questions, () => 1);
  expect(gainsOf(questions, [], answers, answers).all).toEqual({
    mean: 0,
    standardError: 0,
    questions: 0,
    clusters: 0,
  });
});

it("each service is asked as much as the others, as far as it has events", () => {
  const parts = [partOf(5_000), partOf(10), partOf(0), partOf(400), partOf(400, 400)];
  const { count, services } = askEachService(parts, 1_000);
  const asked = new Map(services.map(({ service, drawn }) => [service, drawn.length]));
  expect([0, 1, 2, 3, 4].map((service) => asked.get(service) ?? 0)).toEqual([330, 10, 0, 330, 330]);
  expect(count).toBe(1_000);
  expect(askEachService(parts, 100_000).count).toBe(6_210);
});
