import { z } from "zod";
import type { Label } from "../../store/label.ts";
import type { DetectorWeight } from "../../store/store.ts";
import { createServiceTable } from "../detect/service-table.ts";
import { stateList } from "../template/state-list.ts";
import type { Release } from "../window/release.ts";
import type { CalibrateConfig } from "./config.ts";
import { readFeedback, type ServiceFeedback } from "./feedback.ts";
import { groundsOfVerdict } from "./judged-verdict.ts";
import { kindOf } from "./kind.ts";
import { isHarmlessEvent } from "./news.ts";
import type { RateMeter } from "./rate-meter.ts";
import type { LeftOut } from "./releases.ts";
import { pValueOf } from "./score.ts";
import {
  createServiceCalibration,
  type ServiceCalibration,
  type ServiceCalibrationState,
  serviceCalibrationState,
} from "./service-calibration.ts";
import { type ThresholdChoice, thresholdOf } from "./threshold.ts";
import type { Finding, Judge, ServiceState } from "./verdict.ts";
import { createWindowJudge, type JudgedService, scopeOf } from "./window-judge.ts";

/** A service's state with its rates. */
export interface ServiceActivityState extends ServiceState {
  readonly recordsPerDay: number;
  /** Share of records that the threshold promises to flag by chance. */
  readonly targetRate: number;
  /** Share of records that were flagged, faded with a half-life of three days. */
  readonly observedRate: number;
}

/** The judge with what the stage tells of it and sets in it. */
export interface ServiceJudge extends Judge {
  /** What people set, by service; replaces what was set before. */
  applyThresholds(choices: ReadonlyMap<string, ThresholdChoice>): void;
  /** What people said of anomalies, the latest word on each, newest first; replaces what they said before. */
  applyFeedback(labels: readonly Label[]): void;
  /** How many labels the verdicts follow, and what they make of the detectors; no weights: all count alike. */
  feedback(): { readonly labels: number; readonly detectorWeights: readonly DetectorWeight[] };
  service(name: string): ServiceActivityState | undefined;
  services(): readonly ServiceActivityState[];
  /** Promised and realised share of flagged records over all services, faded alike. The realised one contains the true anomalies. */
  falseAlarmRates(): { readonly target: number; readonly observed: number };
}

/** What the judge is handed. */
export interface JudgePorts {
  /** Names the weights in use now, for verdicts to which none contributed. */
  readonly modelVersion: () => string;
  /** Wall clock, milliseconds since the epoch. */
  readonly now: () => number;
  /** Told what of new releases is left out for want of room. */
  readonly onLeftOut?: ((what: LeftOut) => void) | undefined;
}

const SENDER_OFF_MAX_MS = 86_400_000;

const judgeState = z.strictObject({
  version: z.literal(2),
  services: z.array(z.tuple([z.string(), serviceCalibrationState])),
});

/**
 * Measures evidence against each service's own past. `judge` reads; `learn` writes, after the acknowledgement.
 * Throws, on `restore`, an Error that names the field when the state is not in the expected format.
 */
export function createJudge(config: CalibrateConfig, ports: JudgePorts): ServiceJudge {
  const { modelVersion, now, onLeftOut } = ports;
  const create = (state?: ServiceCalibrationState) => createServiceCalibration(config, state, onLeftOut);
  const calibrations = createServiceTable<ServiceCalibration>(config.max_services, () => create());
  const stranger = create();
  let choices: ReadonlyMap<string, ThresholdChoice> = new Map();
  let people = readFeedback([]);

  const threshold = (service: string, { learned, meter }: ServiceCalibration): number =>
    thresholdOf(choices.get(service), { learned: learned(), recordsPerDay: meter.recordsPerDay() }, config);

  const windowJudge = createWindowJudge({
    modelVersion,
    service(name) {
      const calibration = calibrations.peek(name) ?? stranger;
      return asJudged(calibration, threshold(name, calibration), people.of(name), now());
    },
  });

  const stateOf = (service: string, calibration: ServiceCalibration): ServiceActivityState => {
    const level = threshold(service, calibration);
    const { learned, meter } = calibration;
    return {
      service,
      state: learned() < config.learning_records ? "learning" : "ready",
      threshold: level,
      recordsPerDay: meter.recordsPerDay(),
      targetRate: pValueOf(level),
      observedRate: meter.alerts() / Math.max(1, meter.records()),
    };
  };

  return {
    judge: windowJudge.judge,
    learn(findings) {
      windowJudge.remember(findings);
      const nowMs = now();
      for (const [service, group] of Map.groupBy(findings, ({ window }) => window.service)) {
        learnService(calibrations.touch(service), group, modelVersion(), nowMs);
      }
    },
    applyThresholds(next) {
      choices = next;
    },
    applyFeedback(labels) {
      people = readFeedback(labels);
    },
    feedback: () => people,
    service(name) {
      const calibration = calibrations.peek(name);
      return calibration === undefined ? undefined : stateOf(name, calibration);
    },
    services: () => calibrations.entries().map(([service, calibration]) => stateOf(service, calibration)),
    falseAlarmRates: () => ratesOver(calibrations.entries().map(([, { meter }]) => meter)),
    snapshot: (service) => ({
      version: 2,
      services: stateList(calibrations.entries(service), ([service, calibration]) => [
        service,
        calibration.snapshot(),
      ]),
    }),
    restore(state) {
      for (const [service, one] of readState(state)) calibrations.set(service, create(one));
    },
    forget: calibrations.delete,
  };
}

/** What the judge of windows asks of a service. */
function asJudged(
  calibration: ServiceCalibration,
  threshold: number,
  feedback: ServiceFeedback | undefined,
  nowMs: number,
): JudgedService {
  const { releases, familiarityOf } = calibration;
  const deploymentOf = releases.deployments();
  return {
    threshold,
    sessionsKnown: calibration.sessionsLearned(),
    background: calibration.background(),
    deploymentOf: ({ release, timeMs }) => deploymentOf(release, startOf(timeMs, nowMs)),
    mayBring: releases.mayBring,
    brought: releases.brought,
    familiarityOf,
    isConfirmed: (templateId) => feedback?.confirmed.has(templateId) ?? false,
    assess: (scope, grounds, kind, alsoExpected) =>
      calibration.assess(scope, grounds, kind, feedback, alsoExpected),
  };
}

function readState(state: unknown): z.infer<typeof judgeState>["services"] {
  const parsed = judgeState.safeParse(state);
  if (!parsed.success)
    throw new Error(`The calibration's state is not usable: ${z.prettifyError(parsed.error)}`);
  return parsed.data.services;
}

function ratesOver(meters: readonly RateMeter[]): { readonly target: number; readonly observed: number } {
  const total = (of: (meter: RateMeter) => number) => meters.reduce((sum, meter) => sum + of(meter), 0);
  const records = Math.max(
    1,
    total((meter) => meter.records()),
  );
  return {
    target: total((meter) => meter.promised()) / records,
    observed: total((meter) => meter.alerts()) / records,
  };
}

/** @param model the weights in use: what others said that were replaced since is no sample of what is normal to these */
function learnService(
  calibration: ServiceCalibration,
  findings: readonly Finding[],
  model: string,
  nowMs: number,
): void {
  let alerts = 0;
  let promised = 0;
  let newestEventMs = Number.NEGATIVE_INFINITY;
  for (const { window, event, verdict } of findings) {
    alerts += verdict.isAnomaly ? 1 : 0;
    promised += pValueOf(verdict.threshold);
    newestEventMs = Math.max(newestEventMs, (window.events[event] ?? window.events.at(-1))?.timeMs ?? nowMs);
  }
  calibration.meter.add(findings.length, alerts, promised, newestEventMs, nowMs);
  learnReleases(calibration, findings, nowMs);
  for (const { window, event, verdict } of findings)
    calibration.learn(
      scopeOf(window, event),
      verdict,
      groundsOfVerdict(verdict),
      kindOf(window, event),
      model,
    );
}

function learnReleases(
  { releases, meter }: ServiceCalibration,
  findings: readonly Finding[],
  nowMs: number,
): void {
  releases.pass(meter.clockMs());
  let last: Release | undefined;
  for (const { window, event, verdict } of findings) {
    const subject = window.events[event];
    if (subject?.release === undefined) continue;
    if (subject.release !== last) releases.learn(subject.release, startOf(subject.timeMs, nowMs));
    last = subject.release;
    if (verdict.news?.isFirst === true)
      releases.learnNew(last, subject.match.templateId, isHarmlessEvent(subject));
  }
}

/** The time of a release's first record, or that of the wall clock where the sender's is more than a day off. */
function startOf(timeMs: number, nowMs: number): number {
  return Math.abs(timeMs - nowMs) > SENDER_OFF_MAX_MS ? nowMs : timeMs;
}
