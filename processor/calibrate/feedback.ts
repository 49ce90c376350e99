import type { Label } from "../../store/label.ts";
import type { DetectorWeight } from "../../store/store.ts";
import { DETECTOR_NAMES } from "../detect/evidence.ts";
import { learnDetectorWeights } from "./detector-weights.ts";
import { claimOfLabel, type ExpectedKinds, expectedKinds } from "./expected-kinds.ts";

/** How much each detector counts, by its place in DETECTOR_NAMES; 1 on average. Undefined: all alike. */
export type DetectorWeights = readonly number[] | undefined;

/** What people's words mean for the verdicts in one service. */
export interface ServiceFeedback {
  readonly weights: DetectorWeights;
  /** Undefined: nothing is expected in this service. */
  readonly kinds: ExpectedKinds | undefined;
  /** Kinds of which the newest word on the message itself, not on how often it came, is that it was a true anomaly. */
  readonly confirmed: ReadonlySet<string>;
}

/** What people's words mean for verdicts. */
export interface Feedback {
  /** Anomalies that they judged. */
  readonly labels: number;
  /** Of the detectors that spoke of those anomalies; none while all count alike. */
  readonly detectorWeights: readonly DetectorWeight[];
  /** Undefined where they change nothing. */
  of(service: string): ServiceFeedback | undefined;
}

/**
 * What is expected in a service is worked out when its next record is judged, so that labels of many services hold up nobody.
 *
 * @param labels the latest word on each anomaly, newest first
 */
export function readFeedback(labels: readonly Label[]): Feedback {
  const detectorWeights = learnDetectorWeights(labels);
  const byName = new Map(detectorWeights.map(({ detector, weight }) => [detector, weight]));
  const weights: DetectorWeights =
    byName.size === 0 ? undefined : DETECTOR_NAMES.map((name) => byName.get(name) ?? 1);
  const elsewhere =
    weights === undefined ? undefined : { weights, kinds: undefined, confirmed: new Set<string>() };
  const said = Map.groupBy(labels, ({ service }) => service);
  const services = new Map<string, ServiceFeedback | undefined>();
  const readService = (service: string, own: readonly Label[]): ServiceFeedback | undefined => {
    const kinds = expectedKinds(own);
    const confirmed = confirmedKinds(own);
    const read = kinds.size + confirmed.size === 0 ? elsewhere : { weights, kinds, confirmed };
    services.set(service, read);
    return read;
  };
  return {
    labels: labels.length,
    detectorWeights,
    of(service) {
      const own = said.get(service);
      if (own === undefined) return elsewhere;
      return services.has(service) ? services.get(service) : readService(service, own);
    },
  };
}

/** @param labels of one service, newest first */
function confirmedKinds(labels: readonly Label[]): ReadonlySet<string> {
  const ofMessages = labels.filter((label) => claimOfLabel(label) === "message");
  const newest = [...Map.groupBy(ofMessages, ({ kind }) => kind)];
  return new Set(newest.flatMap(([kind, [label]]) => (label?.isTrueAnomaly === true ? [kind] : [])));
}
