import { z } from "zod";
import type { Evidence } from "../detect/detector.ts";
import type { CalibrateConfig } from "./config.ts";
import { createFamiliarity, type Familiarity, familiarityState } from "./familiarity.ts";
import { createRateMeter, type RateMeter, rateMeterState } from "./rate-meter.ts";
import { createRecurrence, type Recurrence, recurrenceState } from "./recurrence.ts";
import {
  type Assessment,
  createScopeCalibration,
  type Scope,
  type ScopeCalibration,
  scopeCalibrationState,
} from "./scope-calibration.ts";
import type { Verdict } from "./verdict.ts";

/** An alert that is rarer than this stays out of the sample of the normal. More would thin the sample out: fewer high values,
 * smaller p-values, more alerts. */
const WITHHELD_BELOW_P = 1e-4;

/** One service's calibration as JSON. */
export const serviceCalibrationState = z.strictObject({
  meter: rateMeterState,
  recurrence: recurrenceState,
  /** Missing in what was saved before it was counted. */
  familiarity: familiarityState.optional(),
  event: scopeCalibrationState,
  session: scopeCalibrationState,
});
export type ServiceCalibrationState = z.infer<typeof serviceCalibrationState>;

/** What a verdict teaches. */
export interface LearnableVerdict extends Pick<Verdict, "pValue" | "score" | "threshold" | "contributions"> {
  /** Undefined where some of the contributions are left out. */
  readonly strength: number | undefined;
}

/** What one service's events and sessions are measured against. */
export interface ServiceCalibration {
  /** Calibrates the evidence on one event or session. `kind` names what would recur: the template, or the end after it. */
  assess(scope: Scope, evidence: readonly Evidence[], kind: string): Assessment;
  learn(scope: Scope, verdict: LearnableVerdict, kind: string): void;
  readonly meter: RateMeter;
  /** Events and sessions learned from. */
  readonly learned: number;
  readonly sessionsLearned: number;
  snapshot(): ServiceCalibrationState;
}

/** A service without a past, or with the one that `state` tells. */
export function createServiceCalibration(
  config: CalibrateConfig,
  state?: ServiceCalibrationState,
): ServiceCalibration {
  const scopes: Readonly<Record<Scope, ScopeCalibration>> = {
    event: createScopeCalibration("event", config, state?.event),
    session: createScopeCalibration("session", config, state?.session),
  };
  const recurrence: Recurrence = createRecurrence(state?.recurrence);
  const familiarity: Familiarity = createFamiliarity(state?.familiarity);
  const meter = createRateMeter(state?.meter);

  return {
    meter,
    get learned() {
      return scopes.event.learned + scopes.session.learned;
    },
    get sessionsLearned() {
      return scopes.session.learned;
    },
    assess: (scope, evidence, kind) =>
      scopes[scope].assess(
        evidence,
        recurrence.rate(kind, meter.records, meter.clockMs),
        scope === "event" ? familiarity.of(kind) : 1,
      ),
    learn(scope, { contributions, strength, pValue, score, threshold }, kind) {
      scopes[scope].count(pValue);
      if (scope === "event") familiarity.learn(kind);
      // A session that was told by one of its events is none the more normal for not being told again.
      if (score >= threshold && pValue < WITHHELD_BELOW_P) recurrence.count(kind, meter.clockMs);
      else scopes[scope].learn(contributions, strength);
    },
    snapshot: () => ({
      meter: meter.snapshot(),
      recurrence: recurrence.snapshot(),
      familiarity: familiarity.snapshot(),
      event: scopes.event.snapshot(),
      session: scopes.session.snapshot(),
    }),
  };
}
