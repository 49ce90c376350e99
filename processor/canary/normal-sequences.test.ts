import { describe, expect, it } from "vitest";
import { freshWindow } from "../../test/helpers/detector-windows.ts";
import type { Finding } from "../calibrate/verdict.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import { createNormalSequences, SEQUENCES_MAX } from "./normal-sequences.ts";

const templates = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ template: `t${at}`, parameters: ["secret"] }));
const findingOn = (window: SequenceWindow, isAnomaly: boolean): Finding => ({
  recordIndex: 0,
  window,
  event: window.events.length - 1,
  verdict: {
    score: 0,
    pValue: 1,
    strength: 0,
    threshold: 0.9,
    isAnomaly,
    modelVersion: "",
    contributions: [],
  },
});
const record = (window: SequenceWindow, findings: readonly Finding[] = [findingOn(window, false)]) => {
  const sequences = createNormalSequences(() => 0);
  sequences.record([window], findings);
  return sequences.of(window.service);
};

describe("sequences that are kept", () => {
  it("are the last events of what was judged normal, without parameters", () => {
    const [kept] = record(freshWindow(templates(40)));
    expect(kept?.events.map(({ match }) => match.template)).toEqual(
      templates(40)
        .slice(-16)
        .map(({ template }) => template),
    );
    expect(kept?.isStart).toBe(false);
    expect(JSON.stringify(kept)).not.toContain("secret");
  });

  it("begin their session where they hold all of it", () => {
    expect(record(freshWindow(templates(3)))).toMatchObject([{ service: "shop", isStart: true }]);
  });

  it("are none that were odd, were not judged, or have no past", () => {
    const window = freshWindow(templates(3));
    expect(record(window, [findingOn(window, false), findingOn(window, true)])).toEqual([]);
    expect(record(window, [])).toEqual([]);
    expect(record(freshWindow(templates(1)))).toEqual([]);
    expect(record({ ...window, freshFrom: 3 })).toEqual([]);
  });

  it("are the latest of each of the services that wrote last", () => {
    const sequences = createNormalSequences(() => 0);
    for (let service = 0; service < 30; service += 1) {
      const windows = [freshWindow(templates(2 + service), `s${service}`)];
      for (let times = 0; times < 100; times += 1)
        sequences.record(
          windows,
          windows.map((window) => findingOn(window, false)),
        );
    }
    expect(sequences.services()).toHaveLength(16);
    expect(sequences.services()).toContain("s29");
    expect(sequences.of("s29")).toHaveLength(SEQUENCES_MAX);
    expect(sequences.of("s0")).toEqual([]);
  });
});
