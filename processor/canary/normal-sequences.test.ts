import { describe, expect, it } from "vitest";
import { freshWindow } from "../../test/helpers/detector-windows.ts";
import type { Finding } from "../calibrate/verdict.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import {
  createNormalSequences,
  type NormalSequences,
  SEQUENCES_MAX,
  SEQUENCES_MIN,
} from "./normal-sequences.ts";

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

  const writing = (sequences: NormalSequences, service: string, times: number) => {
    const window = freshWindow(templates(2), service);
    for (let time = 0; time < times; time += 1) sequences.record([window], [findingOn(window, false)]);
  };
  const names = (count: number) => Array.from({ length: count }, (_, at) => `s${at}`);

  it("are the latest of each of sixteen services, of which the one that was kept longest makes room", () => {
    const sequences = createNormalSequences(() => 0);
    for (const service of names(30)) writing(sequences, service, 100);
    expect(sequences.services()).toEqual(names(30).slice(-16));
    expect(sequences.of("s29")).toHaveLength(SEQUENCES_MAX);
    expect(sequences.of("s0")).toEqual([]);
  });

  it.each([16, 25, 40])("are enough of nearly as many when %i services write by turns", (count) => {
    const sequences = createNormalSequences(() => 0);
    for (let round = 0; round < SEQUENCES_MIN; round += 1)
      for (const service of names(count)) writing(sequences, service, 1);
    for (let round = 0; round < 100; round += 1)
      for (const service of names(count)) {
        writing(sequences, service, 1);
        expect(sequences.services().length).toBeGreaterThanOrEqual(15);
      }
  });

  it("do not wait for ever for a service that wrote a few and no more", () => {
    const sequences = createNormalSequences(() => 0);
    for (const service of names(15)) writing(sequences, service, SEQUENCES_MIN);
    writing(sequences, "silent", 3);
    writing(sequences, "late", 1_000);
    expect(sequences.of("late")).toEqual([]);
    writing(sequences, "late", 4_000);
    expect(sequences.services()).toContain("late");
  });
});
