import type { Evidence } from "../detect/detector.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import type { Assessment, Scope } from "./scope-calibration.ts";
import { scoreOf } from "./score.ts";
import { createSessionMemory, joined, opinionOf, type Strongest } from "./session-memory.ts";
import type { Finding, Judge, Verdict } from "./verdict.ts";

/** What is known of the services. */
export interface WindowJudgePorts {
  /** Names the weights in use now, for verdicts to which none contributed. */
  readonly modelVersion: () => string;
  threshold(service: string): number;
  /** Sessions that the service's calibration has learned from. */
  sessionsKnown(service: string): number;
  assess(service: string, scope: Scope, evidence: readonly Evidence[], kind: string): Assessment;
}

/** Findings from evidence, for events and for the ends of sessions. */
export interface WindowJudge extends Pick<Judge, "judge"> {
  /** Keeps what the events of open sessions were like, for the verdicts at their ends. */
  remember(findings: readonly Finding[]): void;
}

/** Judges each event by the evidence on it, and a session at its end by what was oddest in it. */
export function createWindowJudge(ports: WindowJudgePorts): WindowJudge {
  const sessions = createSessionMemory();

  const verdictOf = (window: SequenceWindow, event: number, evidence: readonly Evidence[]): Verdict => {
    const kind = kindOf(window, event);
    const { pValue, strength, contributions } = ports.assess(
      window.service,
      scopeOf(window, event),
      evidence,
      kind,
    );
    const score = scoreOf(pValue);
    const threshold = ports.threshold(window.service);
    const isAnomaly = score >= threshold;
    const modelVersion = evidence.find(({ model }) => model !== undefined)?.model ?? ports.modelVersion();
    return { score, pValue, strength, threshold, isAnomaly, modelVersion, contributions };
  };

  const judgeEvents = (window: SequenceWindow, byEvent: EvidenceByEvent): readonly Finding[] =>
    [...byEvent]
      .filter(([event]) => event >= window.freshFrom && event < window.events.length)
      .map(([event, evidence]) => ({
        recordIndex: window.freshRecords[event - window.freshFrom],
        window,
        event,
        verdict: verdictOf(window, event, evidence),
      }));

  const judgeEnd = (window: SequenceWindow, atEnd: readonly Evidence[], before: Strongest): Finding => {
    const event = window.events.length;
    const strongest = joined(
      before,
      new Map(atEnd.map((evidence) => [evidence.detector, [{ evidence, place: undefined, isTold: false }]])),
    );
    const sessionsKnown = ports.sessionsKnown(window.service);
    const placed = [...strongest.values()].flatMap((one) => opinionOf(one, sessionsKnown) ?? []);
    const found = (evidence: Evidence | undefined) => placed.find((one) => one.evidence === evidence);
    const verdict = verdictOf(
      window,
      event,
      placed.map(({ evidence }) => evidence),
    );
    const contributions = verdict.contributions.map((one) => ({ ...one, place: found(one.evidence)?.place }));
    // An event that was flagged when it came is not told once more as its session's.
    const isTold = found(contributions[0]?.evidence)?.isTold ?? false;
    return {
      recordIndex: undefined,
      window,
      event,
      verdict: { ...verdict, contributions, isAnomaly: verdict.isAnomaly && !isTold },
    };
  };

  return {
    judge(windows, evidence) {
      const byWindow = groupEvidence(evidence);
      /** Of this batch: a session may begin and end in it. */
      const batch = createSessionMemory();
      return windows.flatMap((window, index) => {
        const byEvent = byWindow.get(index) ?? new Map<number, readonly Evidence[]>();
        const findings = judgeEvents(window, byEvent);
        for (const finding of findings) batch.remember(finding);
        if (!window.isClosed) return findings;
        const before = sessions.with(window.session, batch.with(window.session, new Map()));
        const atEnd = byEvent.get(window.events.length) ?? [];
        const isJudged = before.size + atEnd.length > 0;
        return isJudged ? [...findings, judgeEnd(window, atEnd, before)] : findings;
      });
    },
    remember(findings) {
      for (const finding of findings) {
        const { window, event } = finding;
        if (scopeOf(window, event) === "event") sessions.remember(finding);
      }
    },
  };
}

/** Whether a finding at this event is one on the event or, behind the last one, on the session. */
export function scopeOf({ events }: SequenceWindow, event: number): Scope {
  return event < events.length ? "event" : "session";
}

/** What would recur: the template, or the end of a session after it. */
export function kindOf({ events }: SequenceWindow, event: number): string {
  const match = events[event]?.match;
  return match === undefined ? `end ${events.at(-1)?.match.templateId ?? ""}` : match.templateId;
}

type EvidenceByEvent = ReadonlyMap<number, readonly Evidence[]>;

/** Usable evidence by window and event. */
function groupEvidence(evidence: readonly Evidence[]): ReadonlyMap<number, EvidenceByEvent> {
  const byWindow = new Map<number, Map<number, Evidence[]>>();
  for (const one of evidence) {
    if (!Number.isFinite(one.surprise)) continue;
    const byEvent = byWindow.get(one.window) ?? new Map<number, Evidence[]>();
    byWindow.set(one.window, byEvent);
    const known = byEvent.get(one.event);
    if (known === undefined) byEvent.set(one.event, [one]);
    else known.push(one);
  }
  return byWindow;
}
