import type { Evidence } from "../detect/detector.ts";
import type { SequenceWindow, Session } from "../window/sequence-window.ts";
import type { Assessment, Scope } from "./scope-calibration.ts";
import { scoreOf } from "./score.ts";
import {
  createSessionMemory,
  joined,
  opinionOf,
  type PlacedEvidence,
  type Strongest,
} from "./session-memory.ts";
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

  const verdictOf = (
    window: SequenceWindow,
    event: number,
    evidence: readonly Evidence[],
    threshold: number,
  ): Verdict => {
    const { pValue, strength, contributions } = ports.assess(
      window.service,
      scopeOf(window, event),
      evidence,
      kindOf(window, event),
    );
    const score = scoreOf(pValue);
    const isAnomaly = score >= threshold;
    const modelVersion = evidence.find(({ model }) => model !== undefined)?.model ?? ports.modelVersion();
    return { score, pValue, strength, threshold, isAnomaly, modelVersion, contributions };
  };

  const judgeEvents = (window: SequenceWindow, byPlace: EvidenceByPlace): Finding[] => {
    const findings: Finding[] = [];
    const threshold = ports.threshold(window.service);
    for (const [place, evidence] of byPlace.entries()) {
      const event = window.freshFrom + place;
      if (evidence === undefined || event >= window.events.length) continue;
      const recordIndex = window.freshRecords[place];
      findings.push({ recordIndex, window, event, verdict: verdictOf(window, event, evidence, threshold) });
    }
    return findings;
  };

  const judgeEnd = (window: SequenceWindow, atEnd: readonly Evidence[], before: Strongest): Finding => {
    const event = window.events.length;
    const placed = opinionsOf(atEnd, before, ports.sessionsKnown(window.service));
    const evidence = placed.map((one) => one.evidence);
    const verdict = verdictOf(window, event, evidence, ports.threshold(window.service));
    return { recordIndex: undefined, window, event, verdict: withPlaces(verdict, placed) };
  };

  return {
    judge(windows, evidence) {
      const byWindow = groupEvidence(windows, evidence);
      const ending = new Set(windows.filter(({ isClosed }) => isClosed).map(({ session }) => session));
      /** Of this batch: a session may begin and end in it. */
      const batch = createSessionMemory();
      return windows.flatMap((window, index) => {
        const byPlace = byWindow[index] ?? [];
        const findings = judgeEvents(window, byPlace);
        if (ending.has(window.session)) for (const finding of findings) batch.remember(finding);
        if (!window.isClosed) return findings;
        const before = sessions.with(window.session, batch.with(window.session, new Map()));
        const atEnd = byPlace[window.events.length - window.freshFrom] ?? [];
        if (before.size + atEnd.length > 0) findings.push(judgeEnd(window, atEnd, before));
        return findings;
      });
    },
    remember(findings) {
      const ended = new Set<Session>();
      for (const { window } of findings) if (window.isClosed) ended.add(window.session);
      for (const finding of findings) {
        const { window, event } = finding;
        if (!ended.has(window.session) && scopeOf(window, event) === "event") sessions.remember(finding);
      }
    },
  };
}

/** Each detector's opinion of a session, from the evidence on its events and on its end. */
function opinionsOf(
  atEnd: readonly Evidence[],
  before: Strongest,
  sessionsKnown: number,
): readonly PlacedEvidence[] {
  const ofEnd = atEnd.map(
    (evidence) => [evidence.detector, [{ evidence, place: undefined, isTold: false }]] as const,
  );
  const strongest = joined(before, new Map(ofEnd));
  return [...strongest.values()].flatMap((one) => opinionOf(one, sessionsKnown) ?? []);
}

/** A verdict on a session with the places of what was odd. An event that was flagged when it came is not told once more. */
function withPlaces(verdict: Verdict, placed: readonly PlacedEvidence[]): Verdict {
  const found = (evidence: Evidence | undefined) => placed.find((one) => one.evidence === evidence);
  const contributions = verdict.contributions.map((one) => ({ ...one, place: found(one.evidence)?.place }));
  const isTold = found(contributions[0]?.evidence)?.isTold ?? false;
  return { ...verdict, contributions, isAnomaly: verdict.isAnomaly && !isTold };
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

/** The evidence on each of a window's fresh events, and behind them on its end. */
type EvidenceByPlace = readonly (readonly Evidence[] | undefined)[];

/** Usable evidence by window and place. */
function groupEvidence(
  windows: readonly SequenceWindow[],
  evidence: readonly Evidence[],
): readonly EvidenceByPlace[] {
  const byWindow = windows.map(
    ({ events, freshFrom }) => new Array<Evidence[] | undefined>(events.length - freshFrom + 1),
  );
  for (const one of evidence) {
    const byPlace = byWindow[one.window];
    const place = one.event - (windows[one.window]?.freshFrom ?? 0);
    if (byPlace === undefined || place < 0 || place >= byPlace.length || !Number.isFinite(one.surprise))
      continue;
    const known = byPlace[place];
    if (known === undefined) byPlace[place] = [one];
    else known.push(one);
  }
  return byWindow;
}
