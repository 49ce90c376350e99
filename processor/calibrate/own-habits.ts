import { z } from "zod";
import { DETECTOR_NAMES, type DetectorName } from "../detect/evidence.ts";
import { createRecencyMap } from "../detect/recency-map.ts";
import { type RunningMoments, runningMoments, runningMomentsState } from "../detect/running-moments.ts";
import { stateList } from "../template/state-list.ts";

/** Detectors to which a whole kind of event may be strange wherever it comes. What others say is measured by the template already. */
const OF_HABIT: readonly DetectorName[] = ["event-model", "ngram", "gap"];
/** Of each detector its place among those; -1 for others. */
const PLACES = DETECTOR_NAMES.map((name) => OF_HABIT.indexOf(name));
/** Smallest scale of a template's surprises, in each detector's own unit. */
const SCALE_MIN = 0.5;
/** How much a template's surprises vary is taken for granted like this, and what that is worth: so many of its events. */
const PRIOR_SCALE = 2;
const PRIOR_EVENTS = 5;
/** What is odder counts as that: the square of a surprise must be a number. */
const SURPRISE_MAX = 1e6;
/** Values after which a value weighs 1/e: habits may change. */
const VALUES_MAX = 1_000;
/** Templates that are remembered in one service; over it the least recently seen tenth is forgotten. */
const TEMPLATES_MAX = 1_000;

/** The memory as JSON: the weights in use, then template id and, for each detector of habits, its moments; least recently seen first. */
export const ownHabitsState = z.strictObject({
  model: z.string().optional(),
  templates: z.array(z.tuple([z.string(), z.array(runningMomentsState)])),
});
export type OwnHabitsState = z.infer<typeof ownHabitsState>;

/** How surprising each template of one service has been by itself. */
export interface OwnHabits {
  /**
   * A probability below which this surprise is not, by the template's own past; 0 where that tells nothing.
   * @param detector its place in DETECTOR_NAMES
   * @param model the weights that were surprised, where the detector has weights
   */
  floor(templateId: string, detector: number, surprise: number, model?: string): number;
  /** With the first surprise of new weights what others were surprised by is forgotten. */
  learn(templateId: string, detector: number, surprise: number, model?: string): void;
  /** As JSON an {@link OwnHabitsState}. */
  snapshot(): unknown;
}

/**
 * A job of every half minute stands anywhere between the requests of a busy service: it surprises the detectors of habits each
 * time, and the sample of all the service's surprises hardly shows it, because there are so few of it. So a surprise is measured
 * against those of its own template too, by the tail of an exponential distribution of their mean and standard deviation and,
 * as these are estimated from n values, with a shape of 1/n: see fitTail.
 */
export function createOwnHabits(state?: OwnHabitsState): OwnHabits {
  const templates = createRecencyMap<RunningMoments[]>(
    { max: TEMPLATES_MAX, create: () => OF_HABIT.map(() => runningMoments()) },
    (state?.templates ?? []).map(([id, saved]) => [
      id,
      OF_HABIT.map((_, place) => runningMoments(saved[place])),
    ]),
  );
  let weights = state?.model;

  const forget = (place: number) => {
    for (const known of templates.values()) known[place] = runningMoments();
  };

  return {
    floor(templateId, detector, surprise, model) {
      if (model !== undefined && model !== weights) return 0;
      const known = templates.peek(templateId)?.[PLACES[detector] ?? -1];
      if (known === undefined || known.values === 0) return 0;
      const z = (surprise - known.mean) / scaleOf(known);
      return z <= -1 ? 1 : (1 + (1 + z) / known.values) ** -known.values;
    },
    learn(templateId, detector, surprise, model) {
      const place = PLACES[detector] ?? -1;
      if (place < 0) return;
      if (model !== undefined && model !== weights) {
        if (weights !== undefined) forget(place);
        weights = model;
      }
      const known = templates.use(templateId)[place];
      if (known !== undefined) addValue(known, surprise);
    },
    snapshot: () => ({
      ...(weights === undefined ? {} : { model: weights }),
      templates: stateList(templates.oldestFirst(), ([id, known]) => [
        id,
        known.map(({ values, mean, variance }) => [values, mean, variance]),
      ]),
    }),
  };
}

/** Welford's update (1962), faded; of all values as they are, because the far ones are what matters here. */
function addValue(moments: RunningMoments, surprise: number): void {
  const value = Math.min(SURPRISE_MAX, Math.max(-SURPRISE_MAX, surprise));
  moments.values = Math.min(VALUES_MAX, moments.values + 1);
  const difference = value - moments.mean;
  moments.mean += difference / moments.values;
  moments.variance += (difference * (value - moments.mean) - moments.variance) / moments.values;
}

function scaleOf({ values, variance }: RunningMoments): number {
  const squares = values * variance + PRIOR_EVENTS * PRIOR_SCALE ** 2;
  return Math.max(SCALE_MIN, Math.sqrt(squares / (values + PRIOR_EVENTS)));
}
