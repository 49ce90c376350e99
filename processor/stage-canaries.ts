import type { CanaryStatus, StageStatus, Store } from "../store/store.ts";
import type { ServiceJudge } from "./calibrate/create-judge.ts";
import type { Finding, Judge } from "./calibrate/verdict.ts";
import { beforeRuns, withoutRuns } from "./canary/canary-health.ts";
import type { CanaryConfig } from "./canary/config.ts";
import { ASKED_MAX, type Canaries, createCanaries } from "./canary/create-canaries.ts";
import type { CanaryAnswer } from "./canary/grade.ts";
import { deadlineIn } from "./deadline.ts";
import type { DetectConfig } from "./detect/config.ts";
import type { Detector } from "./detect/detector.ts";
import { ModelBusyError } from "./detect/event-scorer.ts";
import type { DetectorName } from "./detect/evidence.ts";
import { placeOf, placesOf } from "./detect/places.ts";
import type { Breaker } from "./flow/breaker.ts";
import { createBreathe } from "./flow/breathe.ts";
import { createPanel } from "./panel.ts";
import type { Rooms } from "./rooms.ts";
import type { StageObserver } from "./stage-observer.ts";
import type { Log } from "./telemetry/log.ts";
import type { ScoringHealth } from "./telemetry/scoring-health.ts";
import type { SequenceWindow } from "./window/sequence-window.ts";

/** What a stage tries its detector with. */
export interface StageCanaryPorts {
  readonly rooms: Pick<Rooms, "detectors" | "judge">;
  readonly store: Pick<Store, "statuses">;
  /** Of this stage. */
  readonly instance: string;
  /** The weights in use. */
  readonly scorer: { readonly version: string };
  readonly observer: Pick<StageObserver, "scoringHealth">;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The detector that is tried by itself. */
const MODEL = "event-model";
/** A model with little to do that answers later than this does not work. No request waits for it; a stop may. */
const ANSWER_MS_MAX = 2_000;
/** But for what adding two shares may lose. */
const ALL_RECORDS = 1 - 1e-9;
/** Nobody is left out for what went wrong earlier, and nothing that goes wrong here leaves one out of live verdicts. */
const ALWAYS_ASKED: Breaker = { admits: () => true, tell: () => undefined };

/** The canaries of a stage, which know what it told of them before its last stop; a new stage among others knows what those usually
 * find. Rejects when the store cannot be read. */
export async function createStageCanaries(
  { canary, detect }: { readonly canary: CanaryConfig; readonly detect: DetectConfig },
  { rooms, store, instance, scorer, observer, log, now }: StageCanaryPorts,
): Promise<Canaries> {
  const statuses = await store.statuses();
  const earlier = statuses.find((one) => one.instance === instance);
  const hasModel = rooms.detectors.some(({ name }) => name === MODEL);
  // With fewer rows the model would not be asked about all of them, and seem not to work.
  if (canary.interval_ms === 0 || !hasModel || detect.max_model_rows < ASKED_MAX)
    return switchedOff(earlier?.canary);
  const hasOtherWeights = earlier?.modelVersion !== scorer.version;
  return createCanaries({
    ask: createAskLive(rooms, { isShedding: () => isShedding(observer.scoringHealth()) }),
    readyServices: () => readyServices(rooms.judge),
    minRecall: canary.min_recall,
    before: beforeRuns(earlier?.canary, hasOtherWeights),
    usualBefore: usualWith(scorer.version, earlier === undefined ? statuses : [earlier]),
    onChanged: (status) => tellChange(status, log),
    random: Math.random,
    now,
  });
}

/** What the detector usually finds with these weights, from who said so last: one stage knows it as well as another. */
function usualWith(modelVersion: string, statuses: readonly StageStatus[]): CanaryStatus["usual"] {
  return statuses
    .filter((one) => one.modelVersion === modelVersion && one.canary?.usual !== undefined)
    .toSorted((a, b) => b.updatedAtMs - a.updatedAtMs)[0]?.canary?.usual;
}

/**
 * Whether records pass without verdicts because there is too much to do. When the model had no part in any record of the last minute
 * it is no matter of load: it hangs.
 *
 * Example: a tenth unscored and nine tenths judged without the model: false.
 */
export function isShedding({ state, unscoredRatio, degradedRatio }: ScoringHealth): boolean {
  return state === "shedding" && unscoredRatio + degradedRatio < ALL_RECORDS;
}

function switchedOff(earlier: CanaryStatus | undefined): Canaries {
  const status = withoutRuns(earlier);
  return { record: () => undefined, run: async () => undefined, status: () => status };
}

/** Those whose own statistics are trusted. */
export function readyServices(judge: Pick<ServiceJudge, "services">): ReadonlySet<string> {
  const ready = judge.services().filter(({ state }) => state === "ready");
  return new Set(ready.map(({ service }) => service));
}

function tellChange({ state, recallRatio, falseAlarmRatio }: CanaryStatus, log: Log): void {
  const details = { recall: recallRatio, falseAlarms: falseAlarmRatio };
  if (state === "collapsed")
    log.error(
      details,
      "the detector does not find sequences that are known to be odd: its verdicts mean little",
    );
  else if (state === "waiting")
    log.warn("the model has no time for sequences that are known to be odd: whether it works is not known");
  else log.info(details, "the detector finds sequences that are known to be odd");
}

/** What may keep the detectors from answering. */
interface AskOptions {
  /** Whether records pass without verdicts now, because there is too much to do. */
  readonly isShedding?: () => boolean;
  readonly answerMsMax?: number;
}

const ADDING_UP: ReadonlySet<DetectorName> = new Set(["rate", "order-change"]);

/**
 * Asks the live detectors, with their weights, what they have learned and their calibration, as it is done for records; what they
 * answer is read, and nobody learns from it. Not the detectors that add up over many records: how many come when, and whether the
 * order has changed, is nothing that one sequence shows. Undefined when the model was busy or late while records are shed, too: then it has too much to do, and
 * nothing is known of it; with little to do it does not work.
 */
export function createAskLive(
  { detectors, judge }: { readonly detectors: readonly Detector[]; readonly judge: Pick<Judge, "judge"> },
  { isShedding = () => false, answerMsMax = ANSWER_MS_MAX }: AskOptions = {},
): (windows: readonly SequenceWindow[]) => Promise<readonly CanaryAnswer[] | undefined> {
  const breathe = createBreathe();
  const panel = createPanel(
    detectors.filter(({ name }) => !ADDING_UP.has(name)),
    () => ALWAYS_ASKED,
  );
  return async (windows) => {
    const deadline = deadlineIn(answerMsMax);
    const sitting = panel.open(deadline.signal);
    await breathe();
    const places = placesOf(windows);
    const { opinions = [], absent } = await sitting.ask(places);
    sitting.close();
    deadline.clear();
    if ((deadline.signal.aborted || absent.get(MODEL) instanceof ModelBusyError) && isShedding())
      return undefined;
    await breathe();
    const findings = new Map(attempt(() => judge.judge(places, opinions)).map((one) => [one.window, one]));
    const model = opinions.find(({ detector }) => detector === MODEL);
    return windows.map((window, at) =>
      answerOf(model?.surprises[placeOf(places, at, window.freshFrom)], findings.get(window)),
    );
  };
}

/** What breaks has found nothing. */
function attempt(judge: () => readonly Finding[]): readonly Finding[] {
  try {
    return judge();
  } catch {
    return [];
  }
}

function answerOf(surprise = Number.NaN, finding: Finding | undefined): CanaryAnswer {
  const { score = Number.NaN, isAnomaly = false } = finding?.verdict ?? {};
  return { surprise, score, isAnomaly };
}
