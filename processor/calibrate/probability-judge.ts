import { subjectOf } from "../../store/kind.ts";
import type { Label } from "../../store/label.ts";
import { claimOf } from "./claim.ts";
import type { CalibrateConfig } from "./config.ts";
import type { ServiceActivityState, ServiceJudge } from "./create-judge.ts";
import { heldPValue } from "./news.ts";
import { scoreOf } from "./score.ts";
import type { ThresholdChoice } from "./threshold.ts";
import type { Finding } from "./verdict.ts";

/**
 * Makes a classifier's own probability the score of what it has judged, and holds it against a fixed threshold: the one
 * that is set for the service, else `anomaly_threshold`, else `starting_threshold`. The p-values stay beside it.
 *
 * A record that the classifier was not asked about has no score on this scale and gets none. The end of a session, which
 * has no text to classify, keeps its calibrated verdict. An alert budget is about calibrated scores: under one, the
 * threshold stays the fixed one, and no false-alarm rate is promised (NaN).
 *
 * What people called expected is held down on the scale of p-values (see quiet.ts): the score of a record like that is at
 * most what that floor makes, however sure the classifier is.
 */
export function createProbabilityJudge(
  judge: ServiceJudge,
  { anomaly_threshold: fixed, starting_threshold: usual }: CalibrateConfig,
): ServiceJudge {
  let choices: ReadonlyMap<string, ThresholdChoice> = new Map();
  const thresholdOf = (service: string): number => {
    const choice = choices.get(service);
    return choice?.mode === "manual" ? choice.value : (fixed ?? usual);
  };
  const withProbability = (finding: Finding): readonly Finding[] => {
    const { window, event, verdict } = finding;
    if (event === window.events.length) return [finding];
    const probability = verdict.contributions.find(({ evidence }) => evidence.probability !== undefined)
      ?.evidence.probability;
    if (probability === undefined) return [];
    const threshold = thresholdOf(window.service);
    const { pValue, strength, quieted, news, modelVersion, background, contributions } = verdict;
    // What people called expected has no higher a score than their words make of it.
    const said = quieted?.floor;
    const floor = news?.isHeld === true ? Math.max(heldPValue(threshold), said ?? 0) : said;
    const score = floor === undefined ? probability : Math.min(probability, scoreOf(floor));
    const isAnomaly = score >= threshold;
    return [
      {
        ...finding,
        verdict: {
          score,
          pValue,
          strength,
          threshold,
          isAnomaly,
          quieted,
          news,
          modelVersion,
          background,
          contributions,
        },
      },
    ];
  };
  const withThreshold = (state: ServiceActivityState): ServiceActivityState => ({
    ...state,
    threshold: thresholdOf(state.service),
    targetRate: Number.NaN,
  });

  return {
    ...judge,
    judge: (places, opinions) => judge.judge(places, opinions).flatMap(withProbability),
    applyThresholds(next) {
      choices = next;
      judge.applyThresholds(next);
    },
    applyFeedback: (labels) => judge.applyFeedback(labels.map(aboutTheMessage)),
    service(name) {
      const state = judge.service(name);
      return state === undefined ? undefined : withThreshold(state);
    },
    services: () => judge.services().map(withThreshold),
    falseAlarmRates: () => ({ ...judge.falseAlarmRates(), target: Number.NaN }),
  };
}

/** Of a record the classifier alone speaks, and of its text: what is odd about its rate beside that was not judged. */
function aboutTheMessage(label: Label): Label {
  if (subjectOf(label.kind) !== "event") return label;
  return { ...label, detectors: label.detectors.filter(({ detector }) => claimOf(detector) === "message") };
}
