import { expect, it } from "vitest";
import type { Gain, Gains } from "./gain.ts";
import { objectionTo } from "./judge-gains.ts";

const gain = (mean: number, fields: Partial<Gain> = {}): Gain => ({
  mean,
  standardError: 0.01,
  questions: 500,
  clusters: 40,
  ...fields,
});
const gains = (all: Gain, ...services: (readonly [string, Gain])[]): Gains => ({
  all,
  services: services.map(([service, own]) => ({ service, gain: own })),
});
const better = gains(gain(0.5));

it("weights that are better beyond chance and harm nobody replace the others", () => {
  expect(objectionTo({ learned: better })).toBeUndefined();
  expect(
    objectionTo({ learned: better, others: gains(gain(-0.019), ["mail", gain(-0.029)]) }),
  ).toBeUndefined();
});

it.each([
  ["as good", gain(0)],
  ["better by less than twice the error", gain(0.019)],
  ["better by next to nothing on all", gain(1e-9, { standardError: 1e-9 })],
  ["worse", gain(-0.5)],
  ["not a number", gain(Number.NaN)],
])("weights that are %s do not", (_, all) => {
  expect(objectionTo({ learned: gains(all) })).toMatch(/do not beat .* 2 standard errors/);
});

it("tells the figures", () => {
  expect(objectionTo({ learned: gains(gain(0)) })).toContain(
    "the loss is the same, with a standard error of",
  );
  expect(objectionTo({ learned: gains(gain(0.019)) })).toContain(
    "the loss falls by 0.0190 nats an event, with a standard error of 0.0100 (500 events from 40 sequences)",
  );
});

it.each([
  ["events", gain(0.5, { questions: 199 }), "199 events from 40 sequences"],
  ["sequences", gain(0.5, { clusters: 9 }), "500 events from 9 sequences"],
])("too few %s tell nothing, however good", (_, all, figures) => {
  const objection = objectionTo({ learned: gains(all) });
  expect(objection).toMatch(/too few held-out records.*at least 200 events from 10/);
  expect(objection).toContain(figures);
});

it("a service that becomes worse is named, whether it was learned from or not", () => {
  const harmed = gains(gain(0.5), ["cart", gain(0.7)], ["mail", gain(-0.031)]);
  const named = /make the service mail worse.*the loss rises by 0.0310/;
  expect(objectionTo({ learned: harmed })).toMatch(named);
  expect(objectionTo({ learned: better, others: harmed })).toMatch(named);
  expect(objectionTo({ learned: better, others: harmed })).toMatch(
    /; a training of all services learns from/,
  );
});

it("many services that each become a little worse are an objection together", () => {
  const others = gains(gain(-0.021), ["mail", gain(-0.021)]);
  expect(objectionTo({ learned: better, others })).toMatch(/services that they were not trained on worse/);
  const few = gains(gain(-0.021, { clusters: 9 }));
  expect(objectionTo({ learned: better, others: few })).toBeUndefined();
});
