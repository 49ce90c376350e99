import { calibrateConfig } from "../../processor/calibrate/config.ts";
import { createJudge, type ServiceJudge } from "../../processor/calibrate/create-judge.ts";
import { kindOf } from "../../processor/calibrate/kind.ts";
import type { Finding } from "../../processor/calibrate/verdict.ts";
import type { DetectorName } from "../../processor/detect/evidence.ts";
import { createExplain } from "../../processor/explain/create-explain.ts";
import { type Release, releaseKey } from "../../processor/window/release.ts";
import type { LogEvent, SequenceWindow, Session } from "../../processor/window/sequence-window.ts";
import { createSessionTally } from "../../processor/window/session-tally.ts";
import type { Label } from "../../store/label.ts";
import { evidenceOf } from "../../store/queries/labels.ts";
import { type PlacedEvidence, said } from "./detector-windows.ts";

/** How odd a happening is to each detector that speaks of it. */
export type Surprises = Partial<Record<DetectorName, number>>;

/** One event of a service, the end of a session after it, or silence. */
interface Happening {
  readonly template?: string;
  readonly service?: string;
  readonly isEnd?: boolean;
  readonly missing?: SequenceWindow["missing"];
  readonly session?: Session;
  /** Its `service.version`. */
  readonly version?: string;
  readonly severityNumber?: number;
  /** The template of the event before it. */
  readonly after?: string;
  /** That one's `service.version`, where it is another. */
  readonly afterVersion?: string;
}

const releaseOf = (version: string): Release => ({
  version,
  deployment: undefined,
  key: releaseKey(version, undefined),
});
const NOTHING_BEFORE: readonly LogEvent[] = [];

/**
 * A judge with a past: two services of 3,000 usual events and 600 sessions each.
 * @param hasSessions false: endless streams
 * @param now the wall clock
 */
export function aJudge(settings: object = {}, hasSessions = true, now = () => 0) {
  const judge = createJudge(calibrateConfig.parse(settings), { modelVersion: () => "m", now });
  let state = 7;
  let timeMs = 1_000_000_000_000;
  const exponential = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return -Math.log((state + 1) / 2 ** 32);
  };
  const find = (surprises: Surprises, happening: Happening = {}, by: ServiceJudge = judge) => {
    const { template = "t1", service = "shop", missing, session = createSessionTally() } = happening;
    const { isEnd = missing !== undefined, version, after, afterVersion = version } = happening;
    timeMs += 1_000;
    const eventOf = (templateId: string, runs: string | undefined): LogEvent => ({
      match: { templateId, template: templateId, parameters: [], isNew: false },
      timeMs,
      gapMs: 0,
      severityNumber: happening.severityNumber ?? 9,
      release: runs === undefined ? undefined : releaseOf(runs),
    });
    const before = after === undefined ? NOTHING_BEFORE : [eventOf(after, afterVersion)];
    const events = [...before, eventOf(template, version)];
    const event = events.length - (isEnd ? 0 : 1);
    const window: SequenceWindow = {
      service,
      stream: "",
      events,
      freshFrom: event,
      freshRecords: isEnd ? [] : [0],
      isStart: true,
      isClosed: isEnd,
      missing,
      session,
    };
    const evidence = Object.entries(surprises).map(
      ([detector, surprise]) => ({ detector, surprise, window: 0, event, expected: [] }) as PlacedEvidence,
    );
    const [finding] = by.judge(...said([window], evidence));
    if (finding === undefined) throw new Error("nothing was said");
    return finding;
  };
  for (let i = 0; i < 6_000; i += 1) {
    const service = i % 2 === 0 ? "shop" : "cart";
    const usual = {
      ngram: exponential(),
      "event-model": exponential(),
      rate: exponential(),
      "new-template": 0,
    };
    judge.learn([find(usual, { service, template: `t${i % 5}` })]);
    if (hasSessions && i % 5 === 0)
      judge.learn([find({ length: exponential(), "count-vector": 0 }, { service, isEnd: true })]);
  }
  return { judge, find };
}

const explain = createExplain({ redact: (text) => text });

/** What a person says of a finding, as the store tells it. */
export function label(finding: Finding, isTrueAnomaly: boolean): Label {
  const { window, event, verdict } = finding;
  const detectors = evidenceOf(JSON.stringify(explain(finding)));
  if (detectors === undefined) throw new Error("the explanation cannot be read");
  return {
    anomalyId: "a",
    service: window.service,
    templateId: (window.events[event] ?? window.events.at(-1))?.match.templateId ?? "",
    kind: kindOf(window, event),
    timeMs: 0,
    score: verdict.score,
    isTrueAnomaly,
    detectors,
    createdAtMs: 0,
  };
}
