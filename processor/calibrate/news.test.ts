import { beforeEach, describe, expect, it } from "vitest";
import { closedSession } from "../../test/helpers/detector-windows.ts";
import { aJudge, label } from "../../test/helpers/judge-with-a-past.ts";
import type { Evidence } from "../detect/evidence.ts";
import { type ReleasedService, withoutNews } from "./news.ts";

const RELEASE = { version: "2", deployment: undefined, key: "2" };
const DEPLOYMENT = { release: RELEASE, previous: RELEASE, startedMs: 0, untilMs: 1 };
/** What a new message is like to the detectors, and a known one that none of them is surprised by. */
const NEW = { "new-template": 7, ngram: 30, rate: 0 };
const USUAL = { "new-template": 0, ngram: 0.1, rate: 0 };
/** With which a new harmless message alerts. */
const EAGER = { anomaly_threshold: 0.8, release_band_ms: 60_000 };
/** Events come one a second. */
const BAND_SECONDS = 60;

let shop: ReturnType<typeof aJudge>;
beforeEach(() => {
  shop = aJudge(EAGER, false);
  shop.judge.learn([shop.find(USUAL, { version: "1" })]);
});

const verdictOf = (...[surprises, happening]: Parameters<typeof shop.find>) =>
  shop.find(surprises, happening).verdict;

describe("a new message", () => {
  it("alerts where its release is known, or none is told", () => {
    expect(verdictOf(NEW, { template: "new" }).isAnomaly).toBe(true);
    expect(verdictOf(NEW, { template: "new", version: "1" })).toMatchObject({
      isAnomaly: true,
      news: undefined,
    });
  });

  it("is held just below the threshold where its release is new, and learned as normal", () => {
    const finding = shop.find(NEW, { template: "new", version: "2" });
    const { score, threshold, news } = finding.verdict;
    expect(finding.verdict.isAnomaly).toBe(false);
    expect(threshold - score).toBeLessThan(0.001);
    expect(news).toMatchObject({
      broughtBy: { release: { version: "2" }, previous: { version: "1" } },
      isFirst: true,
      isHeld: true,
      deployment: { release: { version: "2" }, previous: { version: "1" } },
    });
    shop.judge.learn([finding]);
    const again = verdictOf({ ...USUAL, ngram: 60 }, { template: "new", version: "2" });
    expect(again).toMatchObject({
      isAnomaly: false,
      news: { broughtBy: { release: { version: "2" } }, isFirst: false },
    });
  });

  it.each([
    ["a warning", NEW, { severityNumber: 13 }],
    ["an error", NEW, { severityNumber: 17 }],
    ["no severity, and nothing in its words", NEW, { severityNumber: 0 }],
    ["one that comes in a burst", { ...NEW, rate: 40 }, {}],
  ])("alerts all the same: %s", (_, surprises, happening) => {
    expect(
      verdictOf({ ...surprises, "new-template": 12 }, { template: "new", version: "2", ...happening }),
    ).toMatchObject({ isAnomaly: true });
  });
});

describe("a message that one release has brought", () => {
  it("is held until the band of that one closes, and not again in that of the next", () => {
    const { judge, find } = shop;
    const odd = { ...USUAL, ngram: 60 };
    const write = (version: string, seconds: number) => {
      for (let i = 0; i < seconds; i += 1) judge.learn([find(USUAL, { version })]);
    };
    judge.learn([find(NEW, { template: "gift", version: "2" })]);
    write("2", BAND_SECONDS / 2);
    judge.learn([find(USUAL, { template: "gift", version: "3" })]);
    expect(find(odd, { template: "gift", version: "3" }).verdict).toMatchObject({
      isAnomaly: false,
      news: { broughtBy: { release: { version: "2" } }, deployment: { release: { version: "3" } } },
    });
    write("3", BAND_SECONDS / 2);
    for (let i = 0; i < 10; i += 1) judge.learn([find(USUAL, { template: "gift", version: "3" })]);
    expect(find(odd, { template: "gift", version: "3" }).verdict).toMatchObject({
      isAnomaly: true,
      news: { broughtBy: undefined, deployment: { release: { version: "3" } } },
    });
  });

  it("is held also where the detectors know it from before a crash and the calibration does not", () => {
    expect(verdictOf({ ...USUAL, ngram: 60 }, { template: "new", version: "2" })).toMatchObject({
      isAnomaly: false,
      news: { isFirst: true, isHeld: true },
    });
  });
});

describe("a deployment", () => {
  it("has the wall clock's time where its sender's is more than a day off", () => {
    const { judge, find } = aJudge(EAGER, false, () => 900_000_000_000);
    judge.learn([find(USUAL, { version: "1" })]);
    const finding = find(USUAL, { version: "2" });
    expect(finding.verdict.news?.deployment).toMatchObject({
      startedMs: 900_000_000_000,
      untilMs: 900_000_000_000 + EAGER.release_band_ms,
    });
    judge.learn([finding]);
    expect(find(USUAL, { version: "2" }).verdict.news?.deployment?.startedMs).toBe(900_000_000_000);
  });
});

describe("a new message that people have judged", () => {
  const odd = { ...USUAL, ngram: 60 };
  const gift = { template: "gift", version: "2" };

  it("alerts from then on where it was a true anomaly, and is held again where the newest word is that it was not", () => {
    const finding = shop.find(NEW, gift);
    shop.judge.learn([finding]);
    expect(verdictOf(odd, gift).isAnomaly).toBe(false);
    shop.judge.applyFeedback([label(finding, true)]);
    expect(verdictOf(odd, gift)).toMatchObject({ isAnomaly: true, news: { isHeld: false } });
    shop.judge.applyFeedback([label(finding, false), label(finding, true)]);
    expect(verdictOf(odd, gift)).toMatchObject({ isAnomaly: false, news: { isHeld: true } });
  });

  it("stays held where they spoke of how often it came", () => {
    const burst = shop.find({ ...NEW, "new-template": 12, rate: 40 }, gift);
    shop.judge.learn([shop.find(NEW, gift)]);
    shop.judge.applyFeedback([label(burst, true)]);
    expect(verdictOf(odd, gift)).toMatchObject({ isAnomaly: false, news: { isHeld: true } });
  });

  it("is what they called expected, and no longer just below the threshold", () => {
    const finding = shop.find(NEW, gift);
    shop.judge.learn([finding]);
    shop.judge.applyFeedback([label(finding, false)]);
    const { score, news } = verdictOf({ ...USUAL, ngram: 30 }, gift);
    expect(news?.isHeld).toBe(true);
    expect(score).toBeLessThan(EAGER.anomaly_threshold / 2);
  });
});

describe("what follows on a new message", () => {
  it("is judged as ever where that was an error", () => {
    shop.judge.learn([shop.find(NEW, { template: "new", version: "2", severityNumber: 17 })]);
    const after = { template: "t1", version: "2", after: "new" };
    expect(verdictOf({ ...USUAL, ngram: 60 }, after)).toMatchObject({
      isAnomaly: true,
      news: { isHeld: false },
    });
  });
});

describe("a known message of a new release", () => {
  const oddOrder = { ...USUAL, ngram: 60 };

  it("is held right after a new one while that is hardly known, and judged as ever from then on", () => {
    const after = { template: "t1", version: "2", after: "new" };
    expect(verdictOf(oddOrder, after)).toMatchObject({
      isAnomaly: false,
      news: { broughtBy: undefined, isHeld: true },
    });
    for (let i = 0; i < 10; i += 1)
      shop.judge.learn([shop.find(i === 0 ? NEW : USUAL, { template: "new", version: "2" })]);
    expect(verdictOf(oddOrder, after).isAnomaly).toBe(true);
  });

  it("alerts anywhere else, with its release beside it", () => {
    expect(verdictOf(oddOrder, { template: "t1", version: "2", after: "t2" })).toMatchObject({
      isAnomaly: true,
      news: { broughtBy: undefined, isHeld: false },
    });
  });
});

describe("a rollout, in which the old release writes beside the new", () => {
  const odd = { ...USUAL, ngram: 60 };

  it("holds what the old one writes right after a new message while that is hardly known", () => {
    const next = { template: "t1", version: "1", after: "gift", afterVersion: "2" };
    const held = { isAnomaly: false, news: { deployment: undefined, broughtBy: undefined, isHeld: true } };
    expect(verdictOf(odd, next)).toMatchObject(held);
    shop.judge.learn([shop.find(NEW, { template: "gift", version: "2" })]);
    expect(verdictOf(odd, next)).toMatchObject(held);
    expect(verdictOf(odd, { ...next, severityNumber: 17 }).isAnomaly).toBe(true);
  });

  it("holds a message that the new one has brought in whichever of them it comes", () => {
    shop.judge.learn([shop.find(NEW, { template: "gift", version: "2" })]);
    expect(verdictOf(odd, { template: "gift", version: "1" })).toMatchObject({
      isAnomaly: false,
      news: { deployment: undefined, broughtBy: { release: { version: "2" } }, isHeld: true },
    });
  });

  it("alerts of what is new in the old one, also right after a new message, and of what follows on it", () => {
    const next = { version: "1", after: "gift", afterVersion: "2" };
    expect(verdictOf(NEW, { ...next, template: "strange" }).isAnomaly).toBe(true);
    const after = { template: "t1", version: "2", after: "strange", afterVersion: "1" };
    expect(verdictOf(odd, after).isAnomaly).toBe(true);
  });
});

describe("the end of a session of a new release", () => {
  const window = closedSession({ old: 3, gift: 1 });
  const service = (isOpen: boolean, familiarity: number, isHarmless = true): ReleasedService => ({
    deploymentOf: () => (isOpen ? DEPLOYMENT : undefined),
    mayBring: () => true,
    isConfirmed: () => false,
    brought: (templateId) => (isOpen && templateId === "gift" ? { by: DEPLOYMENT, isHarmless } : undefined),
    familiarityOf: (templateId) => (templateId === "gift" ? familiarity : 1),
  });
  const evidence = (detector: Evidence["detector"], detail?: Evidence["detail"]): Evidence => ({
    detector,
    surprise: 5,
    expected: [],
    ...(detail === undefined ? {} : { detail }),
  });
  const length = (events: number) =>
    evidence("length", { kind: "length", events, usual: 3, usualMin: 2, usualMax: 4, sessions: 9 });
  const count = (template: string) =>
    evidence("count-vector", { kind: "count", template, count: 1, usual: 0 });
  const all = [count("gift"), count("old"), length(6), length(1), evidence("ngram"), evidence("rate")];

  it("is not judged by what its new messages alone make odd", () => {
    expect(withoutNews(all, window, service(true, 0.5))).toEqual([count("old"), length(1), evidence("rate")]);
  });

  it("is not, either, where its last record is one of the old release", () => {
    const beside: ReleasedService = { ...service(true, 0.5), deploymentOf: () => undefined };
    expect(withoutNews(all, window, beside)).not.toContainEqual(count("gift"));
  });

  it("is not, either, where they came first in the same request", () => {
    const first: ReleasedService = { ...service(true, 0), brought: () => undefined };
    expect(withoutNews(all, window, first)).not.toContainEqual(count("gift"));
    expect(withoutNews(all, window, { ...first, mayBring: () => false })).toEqual(all);
  });

  it("is judged by what usually follows on them once they are known", () => {
    expect(withoutNews(all, window, service(true, 1))).toContainEqual(evidence("ngram"));
  });

  it("is judged as ever by what its new errors make odd", () => {
    expect(withoutNews(all, window, service(true, 0.5, false))).toEqual(all);
  });

  it("is judged as ever without them, or when the band is closed", () => {
    expect(withoutNews(all, closedSession({ old: 3 }), service(true, 0.5))).toEqual(all);
    expect(withoutNews(all, window, service(false, 0.5))).toEqual(all);
  });
});
