import { z } from "zod";
import type { CalibrateConfig } from "./config.ts";
import type { ExpectedClaim } from "./expected-kinds.ts";
import { createFamiliarity, type Familiarity, familiarityState } from "./familiarity.ts";
import type { ServiceFeedback } from "./feedback.ts";
import type { Grounds } from "./grounds.ts";
import { createOwnHabits, type OwnHabits, ownHabitsState } from "./own-habits.ts";
import type { Scope, Subject } from "./p-values.ts";
import type { Assessment } from "./quiet.ts";
import { createRateMeter, type RateMeter, rateMeterState } from "./rate-meter.ts";
import { createRecurrence, type Recurrence, recurrenceState } from "./recurrence.ts";
import { createReleases, type LeftOut, type Releases, releasesState } from "./releases.ts";
import { createScopeCalibration, type ScopeCalibration, scopeCalibrationState } from "./scope-calibration.ts";
import type { Background, Verdict } from "./verdict.ts";

/** An alert that is rarer than this stays out of the sample of the normal. More would thin the sample out: fewer high values,
 * smaller p-values, more alerts. */
const WITHHELD_BELOW_P = 1e-4;

/** Of a service that has run for less than ten minutes nobody knows how much it writes a day. */
const PACE_FROM_MS = 600_000;

/** One service's calibration as JSON. */
export const serviceCalibrationState = z.strictObject({
  meter: rateMeterState,
  recurrence: recurrenceState,
  /** Missing in what was saved before it was counted. */
  familiarity: familiarityState.optional(),
  /** Missing in what was saved before a template was measured by itself. */
  habits: ownHabitsState.optional(),
  /** Whether the service was known well by then; missing: see isKnownUncounted. */
  knownUncounted: z.boolean().optional(),
  /** Missing in what was saved before they were told apart. */
  releases: releasesState.optional(),
  event: scopeCalibrationState,
  session: scopeCalibrationState,
});
export type ServiceCalibrationState = z.infer<typeof serviceCalibrationState>;

/** What a verdict teaches. */
export type LearnableVerdict = Pick<Verdict, "pValue" | "score" | "threshold" | "strength" | "quieted">;

/** What one service's events and sessions are measured against. */
export interface ServiceCalibration {
  /**
   * Calibrates what is said of one event or session. `kind` names what would recur: see kind.ts.
   * @param feedback what people's words change
   * @param alsoExpected what else is expected of it
   */
  assess(
    scope: Scope,
    grounds: Grounds,
    kind: string,
    feedback?: ServiceFeedback,
    alsoExpected?: readonly ExpectedClaim[],
  ): Assessment;
  /** @param model the weights in use */
  learn(scope: Scope, verdict: LearnableVerdict, grounds: Grounds, kind: string, model: string): void;
  readonly meter: RateMeter;
  readonly releases: Releases;
  /** From 0 for a template that was never seen to 1 for one that was seen ten times. @param isKnown to the detectors */
  familiarityOf(templateId: string, isKnown?: boolean): number;
  /** As it is now. */
  background(): Background;
  /** Events and sessions learned from. */
  learned(): number;
  sessionsLearned(): number;
  /** As JSON a {@link ServiceCalibrationState}. */
  snapshot(): unknown;
}

/** A service without a past, or with the one that `state` tells. */
export function createServiceCalibration(
  config: CalibrateConfig,
  state?: ServiceCalibrationState,
  onLeftOut?: (what: LeftOut) => void,
): ServiceCalibration {
  const scopes: Readonly<Record<Scope, ScopeCalibration>> = {
    event: createScopeCalibration("event", config, state?.event),
    session: createScopeCalibration("session", config, state?.session),
  };
  const recurrence: Recurrence = createRecurrence(state?.recurrence);
  const knownUncounted = isKnownUncounted(config, state);
  const familiarity: Familiarity = createFamiliarity(state?.familiarity, knownUncounted);
  const habits = createOwnHabits(state?.habits);
  const subjectOf = (kind: string, { novelty }: Grounds): Subject => ({
    familiarity: familiarity.of(kind, novelty <= 0),
    floor: (detector, surprise, model) => habits.floor(kind, detector, surprise, model),
  });
  const meter = createRateMeter(state?.meter);
  const releases = createReleases(config.release_band_ms, state?.releases, onLeftOut);

  return {
    meter,
    releases,
    familiarityOf: familiarity.of,
    background: () => ({
      recordsPerDay: meter.elapsedMs() < PACE_FROM_MS ? undefined : meter.recordsPerDay(),
      alertsOf: (kind) => recurrence.alerts(kind, meter.clockMs()),
    }),
    learned() {
      return scopes.event.learned() + scopes.session.learned();
    },
    sessionsLearned() {
      return scopes.session.learned();
    },
    assess: (scope, grounds, kind, feedback, alsoExpected) =>
      scopes[scope].assess(
        grounds,
        recurrence.rate(kind, meter.records(), meter.clockMs()),
        scope === "event" ? subjectOf(kind, grounds) : AN_END,
        feedback?.weights,
        both(feedback?.kinds?.get(kind), alsoExpected),
      ),
    learn(scope, { strength, pValue, score, threshold, quieted }, grounds, kind, model) {
      scopes[scope].count(pValue);
      if (scope === "event") {
        familiarity.learn(kind, grounds.novelty <= 0);
        if (!(grounds.novelty > 0)) learnHabits(habits, kind, grounds, model);
      }
      // A session that was told by one of its events is none the more normal for not being told again.
      if (score >= threshold && pValue < WITHHELD_BELOW_P) recurrence.count(kind, meter.clockMs());
      // What is expected of one kind alone would make every other kind's oddness look common.
      else if (quieted === undefined || quieted.pValue >= WITHHELD_BELOW_P)
        scopes[scope].learn(grounds, strength, model);
    },
    snapshot: () => ({
      meter: meter.snapshot(),
      recurrence: recurrence.snapshot(),
      familiarity: familiarity.snapshot(),
      habits: habits.snapshot(),
      releases: releases.snapshot(),
      knownUncounted,
      event: scopes.event.snapshot(),
      session: scopes.session.snapshot(),
    }),
  };
}

/** Of an end nothing is known but its service. */
const AN_END: Subject = { familiarity: 1, floor: () => 0 };

/** What weights were surprised by that were replaced since is not their own past. */
function learnHabits(habits: OwnHabits, kind: string, grounds: Grounds, model: string): void {
  for (let index = 0; index < grounds.size; index += 1) {
    const surprise = grounds.surprise(index);
    const weights = grounds.model(index);
    if (Number.isNaN(surprise) || (weights !== undefined && weights !== model)) continue;
    habits.learn(kind, grounds.number(index), surprise, weights);
  }
}

function both<T>(some: readonly T[] | undefined, others: readonly T[] | undefined): readonly T[] | undefined {
  return some === undefined || others === undefined ? (some ?? others) : [...some, ...others];
}

/** Whether the service had learned enough to be known before its templates were counted. */
function isKnownUncounted(
  { learning_records: learningRecords }: CalibrateConfig,
  state: ServiceCalibrationState | undefined,
): boolean {
  if (state === undefined) return false;
  return state.knownUncounted ?? (state.familiarity === undefined && state.event.learned >= learningRecords);
}
