import { beforeEach, describe, expect, it } from "vitest";
import { freshWindow } from "../../test/helpers/detector-windows.ts";
import type { Finding } from "../calibrate/verdict.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import { createSampler, type Sampler } from "./sampler.ts";

const INTERVAL_MS = 1_000;
let nowMs = 0;
let sampler: Sampler;
beforeEach(() => {
  nowMs = 0;
  let ids = 0;
  sampler = createSampler({
    intervalMs: INTERVAL_MS,
    explain: () => ({ summary: "", source: "MODEL", expected: [], detectors: [], tokens: [] }),
    redactor: {
      body: (text) => text.replace("bob", "<USER>"),
      plain: (text) => text.replace("bob", "<USER>"),
    },
    newId: () => String(++ids),
    now: () => nowMs,
  });
});

function finding(window: SequenceWindow, event: number, score: number, isAnomaly = false): Finding {
  const numbers = { pValue: 0.1, strength: 0, threshold: 0.9, modelVersion: "m", contributions: [] };
  return { recordIndex: event, window, event, verdict: { ...numbers, score, isAnomaly } };
}
const offer = (...findings: readonly Finding[]) =>
  sampler.offer(undefined, { parsed: [], findings, anomalies: [] });
const offerOne = (template: string, score: number, service = "shop") =>
  offer(finding(freshWindow([{ template }], service), 0, score));
const taken = () => sampler.drain().map(({ record }) => [record.template, record.score]);

describe("records that did not alert", () => {
  it("are not sampled where they did", () => {
    offer(finding(freshWindow([{ template: "a" }]), 0, 0.95, true));
    expect(taken()).toEqual([]);
  });

  it("are kept when nothing of the service was odder in the same time", () => {
    offerOne("a", 0.6);
    offerOne("b", 0.8);
    offerOne("c", 0.7);
    offerOne("d", 0.55, "auth");
    expect(taken()).toEqual([
      ["b", 0.8],
      ["d", 0.55],
    ]);
    offerOne("c", 0.75);
    expect(taken()).toEqual([]);
    nowMs = INTERVAL_MS;
    offerOne("c", 0.75);
    expect(taken()).toEqual([["c", 0.75]]);
  });

  it("are kept as the usual one of their template, once in a time, when they end their window", () => {
    const window = freshWindow([{ template: "a" }, { template: "b" }]);
    offer(finding(window, 0, 0.1), finding(window, 1, 0.1));
    offerOne("b", 0.2);
    expect(taken()).toEqual([["b", 0.1]]);
    nowMs = 24 * INTERVAL_MS;
    offerOne("b", 0.2);
    expect(sampler.drain().map(({ slot, record }) => [slot, record.score])).toEqual([["usual b shop", 0.2]]);
  });

  it("are not due at the same time", () => {
    for (let template = 0; template < 40; template += 1) {
      offerOne(`t${template}`, 0.1);
      sampler.drain();
    }
    const times = [];
    for (; nowMs <= 24 * INTERVAL_MS; nowMs += INTERVAL_MS) {
      for (let template = 0; template < 40; template += 1) offerOne(`t${template}`, 0.1);
      times.push(sampler.drain().length);
    }
    expect(times.filter((count) => count > 0).length).toBeGreaterThan(8);
  });

  it("come again when they could not be written", () => {
    offerOne("a", 0.6);
    offerOne("b", 0.1);
    const lost = sampler.drain();
    offerOne("c", 0.7);
    sampler.restore(lost);
    expect(taken().toSorted()).toEqual([
      ["b", 0.1],
      ["c", 0.7],
    ]);
  });

  it("are redacted", () => {
    offerOne("login of bob", 0.6);
    expect(taken()).toEqual([["login of <USER>", 0.6]]);
  });

  it("wait in bounded number", () => {
    for (let template = 0; template < 1_000; template += 1) offerOne(`t${template}`, 0.1);
    expect(taken()).toHaveLength(20);
    offerOne("t999", 0.1);
    expect(taken()).toEqual([["t999", 0.1]]);
  });
});
