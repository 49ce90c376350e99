import { describe, expect, it } from "vitest";
import type { CanaryStatus } from "../../store/store.ts";
import { freshWindow } from "../../test/helpers/detector-windows.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import { beforeRuns } from "./canary-health.ts";
import { ASKED_MAX, createCanaries } from "./create-canaries.ts";
import { FOREIGN_TEMPLATES } from "./foreign-templates.ts";
import type { CanaryAnswer } from "./grade.ts";

const FLOW = ["received", "reserved", "charged", "shipped"].map((template) => ({ template }));
const SERVICES = ["a", "b", "c", "d", "e", "f"];

/**
 * Canaries of services that wrote the same flow again and again, and who is asked about them.
 *
 * @param earlier what was told before a restart
 */
function tried(ready: readonly string[], flow = FLOW, earlier?: CanaryStatus) {
  const asked: SequenceWindow[][] = [];
  const changes: CanaryStatus["state"][] = [];
  const detector = {
    hasTime: true,
    answer: (isOdd: boolean): CanaryAnswer => ({
      surprise: isOdd ? 9 : 0,
      score: isOdd ? 0.9 : 0,
      isAnomaly: isOdd,
    }),
  };
  const canaries = createCanaries({
    ask: async (windows) => {
      asked.push([...windows]);
      if (!detector.hasTime) return undefined;
      return windows.map(({ events }) => detector.answer(events.at(-1)?.match.template !== "shipped"));
    },
    readyServices: () => new Set(ready),
    minRecall: 0.5,
    before: beforeRuns(earlier, false),
    usualBefore: earlier?.usual,
    onChanged: ({ state }) => changes.push(state),
    random: () => 0,
    now: () => 1,
  });
  for (const service of SERVICES)
    for (let time = 0; time < 40; time += 1) {
      const window = freshWindow(flow, service);
      const verdict = {
        score: 0,
        pValue: 1,
        strength: 0,
        threshold: 1,
        isAnomaly: false,
        modelVersion: "",
        contributions: [],
      };
      canaries.record([window], [{ recordIndex: 0, window, event: 3, verdict }]);
    }
  return { canaries, asked, changes, detector };
}

/** Of each service normal sequences by themselves, and then those with odd ones. */
const servicesOf = (asked: readonly (readonly SequenceWindow[])[]) =>
  asked.flatMap(([window], at) => (at % 2 === 0 ? [window?.service] : []));

describe("a run", () => {
  it("asks about four services that are known, and the next one about others", async () => {
    const { canaries, asked } = tried(SERVICES);
    await canaries.run();
    await canaries.run();
    expect(servicesOf(asked)).toEqual(["a", "b", "c", "d", "e", "f", "a", "b"]);
    for (const windows of asked) expect(windows.length).toBeLessThanOrEqual(ASKED_MAX);
    expect(canaries.status()).toMatchObject({ state: "well", recallRatio: 1, falseAlarmRatio: 0 });
  });

  it("asks about no service that is hardly known, and while there is no other about shipped sequences", async () => {
    const some = tried(["c", "unheard of"]);
    await some.canaries.run();
    expect(servicesOf(some.asked)).toEqual(["c"]);
    const none = tried([]);
    await none.canaries.run();
    expect(servicesOf(none.asked)).toEqual(["logbert canary"]);
    const silent = tried(["unheard of"]);
    await silent.canaries.run();
    expect(servicesOf(silent.asked)).toEqual(["logbert canary"]);
  });

  /** Finds what is odd in one of so many sequences, and all else alike. */
  const findingOneOf = (many: number) => {
    let asked = 0;
    return (isOdd: boolean): CanaryAnswer => {
      asked += isOdd ? 1 : 0;
      const isFound = isOdd && asked % many === 0;
      return { surprise: isFound ? 9 : 0, score: isFound ? 0.9 : 0, isAnomaly: false };
    };
  };

  it("asks about shipped sequences where nothing is odd to a service", async () => {
    const knowsAll = FOREIGN_TEMPLATES.map((template) => ({ template }));
    const { canaries, asked } = tried(["a"], [...knowsAll, ...knowsAll]);
    await canaries.run();
    expect(servicesOf(asked)).toEqual(["a", "logbert canary"]);
    expect(canaries.status().checkedAtMs).toBe(1);
  });

  it("goes badly where less is found than half of what is usual there", async () => {
    const weak = tried(["a"]);
    weak.detector.answer = findingOneOf(3);
    for (let run = 0; run < 30; run += 1) await weak.canaries.run();
    expect(weak.canaries.status()).toMatchObject({ state: "well", requiredRatio: 0.25 });

    const strong = tried(["a"]);
    for (let run = 0; run < 3; run += 1) await strong.canaries.run();
    strong.detector.answer = findingOneOf(3);
    for (let run = 0; run < 2; run += 1) await strong.canaries.run();
    expect(strong.canaries.status()).toMatchObject({ state: "collapsed", requiredRatio: 0.5 });
  });

  it("tells a collapse once, and its end once", async () => {
    const { canaries, changes, detector } = tried(SERVICES);
    const good = detector.answer;
    await canaries.run();
    detector.answer = () => ({ surprise: 1, score: 0.5, isAnomaly: false });
    for (let run = 0; run < 4; run += 1) await canaries.run();
    expect(changes).toEqual(["well", "collapsed"]);
    detector.answer = good;
    for (let run = 0; run < 3; run += 1) await canaries.run();
    expect(changes).toEqual(["well", "collapsed", "well"]);
  });

  it("that the detector has no time for says nothing of it, and after five in a row nothing is known", async () => {
    const { canaries, changes, detector } = tried(SERVICES);
    await canaries.run();
    const before = canaries.status();
    detector.hasTime = false;
    for (let run = 0; run < 4; run += 1) await canaries.run();
    expect(canaries.status()).toEqual(before);
    for (let run = 0; run < 10; run += 1) await canaries.run();
    expect(canaries.status()).toEqual({ state: "waiting", usual: before.usual });
    expect(changes).toEqual(["well", "waiting"]);
  });

  it("after a restart in a collapse ends it by what was usual before", async () => {
    const before = tried(["a"]);
    before.detector.answer = findingOneOf(2);
    for (let run = 0; run < 10; run += 1) await before.canaries.run();
    before.detector.answer = findingOneOf(100);
    for (let run = 0; run < 2; run += 1) await before.canaries.run();
    const collapsed = before.canaries.status();
    expect(collapsed.state).toBe("collapsed");

    const stateAfter = async (earlier: CanaryStatus) => {
      const { canaries, detector } = tried(["a"], FLOW, earlier);
      detector.answer = findingOneOf(2);
      for (let run = 0; run < 3; run += 1) await canaries.run();
      return canaries.status().state;
    };
    expect(await stateAfter(collapsed)).toBe("well");
    expect(await stateAfter({ ...collapsed, usual: undefined })).toBe("collapsed");
  });
});
