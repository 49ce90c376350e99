import { z } from "zod";
import { DETECTOR_NAMES, type DetectorName } from "../detect/evidence.ts";
import { createRecencyMap } from "../detect/recency-map.ts";
import {
  addValue,
  type RunningMoments,
  runningMoments,
  runningMomentsState,
  zScore,
} from "../detect/running-moments.ts";
import { stateList } from "../template/state-list.ts";

/** Detectors to which a whole kind of event may be strange wherever it comes. What others say is measured by the template already. */
const OF_HABIT: readonly DetectorName[] = ["event-model", "ngram", "gap"];
/** Of each detector its place among those; -1 for others. */
const PLACES = DETECTOR_NAMES.map((name) => OF_HABIT.indexOf(name));
/** Smallest scale of a template's surprises, in each detector's own unit. */
const SCALE_MIN = 0.5;
/** Templates that are remembered in one service. */
const TEMPLATES_MAX = 5_000;

/** The memory as JSON: template id and, for each detector of habits, its moments; least recently seen first. */
export const ownHabitsState = z.array(z.tuple([z.string(), z.array(runningMomentsState)]));
export type OwnHabitsState = z.infer<typeof ownHabitsState>;

/** How surprising each template of one service has been by itself. */
export interface OwnHabits {
  /**
   * A probability below which this surprise is not, by the template's own past; 0 where that tells nothing.
   * @param detector its place in DETECTOR_NAMES
   */
  floor(templateId: string, detector: number, surprise: number): number;
  learn(templateId: string, detector: number, surprise: number): void;
  /** As JSON an {@link OwnHabitsState}. */
  snapshot(): unknown;
}

/**
 * A job of every half minute stands anywhere between the requests of a busy service: it surprises the detectors of habits each
 * time, and the sample of all the service's surprises hardly shows it, because there are so few of it. So a surprise is measured
 * against those of its own template too, by a tail that falls off exponentially in their standard deviations and, as they
 * are estimated from n values, with a shape of 1/n: see fitTail.
 */
export function createOwnHabits(state: OwnHabitsState = []): OwnHabits {
  const templates = createRecencyMap<RunningMoments[]>(
    { max: TEMPLATES_MAX, create: () => OF_HABIT.map(() => runningMoments()) },
    state.map(([id, saved]) => [id, OF_HABIT.map((_, place) => runningMoments(saved[place]))]),
  );
  return {
    floor(templateId, detector, surprise) {
      const known = templates.peek(templateId)?.[PLACES[detector] ?? -1];
      if (known === undefined || known.values === 0) return 0;
      const z = zScore(known, surprise, SCALE_MIN);
      return z <= 0 ? 1 : (1 + z / known.values) ** -known.values;
    },
    learn(templateId, detector, surprise) {
      const known = templates.use(templateId)[PLACES[detector] ?? -1];
      if (known !== undefined) addValue(known, surprise, SCALE_MIN);
    },
    snapshot: () =>
      stateList(templates.oldestFirst(), ([id, known]) => [
        id,
        known.map(({ values, mean, variance }) => [values, mean, variance]),
      ]),
  };
}
