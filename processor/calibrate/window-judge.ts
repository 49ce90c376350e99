import type { Evidence } from "../detect/evidence.ts";
import { evidenceAt, type Opinions } from "../detect/opinions.ts";
import type { SequenceWindow, Session } from "../window/sequence-window.ts";
import type { ExpectedClaim } from "./expected-kinds.ts";
import { type Grounds, groundsOf, PlaceGrounds, type SaidOfBatch, saidOfBatch } from "./grounds.ts";
import { JudgedVerdict } from "./judged-verdict.ts";
import { kindOf } from "./kind.ts";
import { heldClaims, newsOf, type ReleasedService, withoutNews } from "./news.ts";
import type { Scope } from "./p-values.ts";
import type { Assessment } from "./quiet.ts";
import { scoreOf } from "./score.ts";
import { createLastingMemory, createPassingMemory, type SessionMemory } from "./session-memory.ts";
import { joined, opinionOf, type PlacedEvidence, type Strongest } from "./strongest.ts";
import type { Background, Finding, Judge, Verdict } from "./verdict.ts";

/** What is known of a service. */
export interface JudgedService extends ReleasedService {
  readonly threshold: number;
  /** Sessions that its calibration has learned from. */
  readonly sessionsKnown: number;
  readonly background: Background;
  assess(scope: Scope, grounds: Grounds, kind: string, alsoExpected?: readonly ExpectedClaim[]): Assessment;
}

/** What is known of the services. */
export interface WindowJudgePorts {
  /** Names the weights in use now, for verdicts to which none contributed. */
  readonly modelVersion: () => string;
  service(name: string): JudgedService;
}

/** Findings from opinions, for events and for the ends of sessions. */
export interface WindowJudge extends Pick<Judge, "judge"> {
  /** Keeps what the events of open sessions were like, for the verdicts at their ends. */
  remember(findings: readonly Finding[]): void;
}

/** A batch on its way. */
interface Batch {
  readonly said: SaidOfBatch;
  /** Of this batch alone: a session may begin and end in it. */
  readonly memory: SessionMemory;
  readonly ending: ReadonlySet<Session>;
  readonly serviceOf: (name: string) => JudgedService;
  readonly findings: Finding[];
}

/** Judges each event by the opinions on it, and a session at its end by what was oddest in it. */
export function createWindowJudge(ports: WindowJudgePorts): WindowJudge {
  const sessions = createLastingMemory();

  const judgeEvents = (window: SequenceWindow, first: number, batch: Batch): void => {
    const { events, freshFrom, freshRecords } = window;
    const service = batch.serviceOf(window.service);
    const isEnding = batch.ending.has(window.session);
    for (let event = freshFrom; event < events.length; event += 1) {
      const grounds = new PlaceGrounds(batch.said, first + event - freshFrom);
      if (isSilent(grounds)) continue;
      const recordIndex = freshRecords[event - freshFrom];
      const finding = {
        recordIndex,
        window,
        event,
        verdict: verdictOn(window, event, grounds, service, ports),
      };
      batch.findings.push(finding);
      if (isEnding) batch.memory.remember(finding);
    }
  };

  const judgeEnd = (window: SequenceWindow, first: number, batch: Batch): void => {
    const event = window.events.length;
    const service = batch.serviceOf(window.service);
    const atEnd = withoutNews(
      evidenceOn(batch.said.opinions, first + event - window.freshFrom),
      window,
      service,
    );
    const before = sessions.with(window.session, batch.memory.with(window.session, new Map()));
    if (before.size + atEnd.length === 0) return;
    const placed = opinionsOf(atEnd, before, service.sessionsKnown);
    const verdict = verdictOn(window, event, groundsOf(placed), service, ports);
    batch.findings.push({ recordIndex: undefined, window, event, verdict: withoutTold(verdict, placed) });
  };

  return {
    judge(places, opinions) {
      const { windows, firsts } = places;
      const batch: Batch = {
        said: saidOfBatch(places, opinions),
        memory: createPassingMemory(),
        ending: new Set(windows.filter(({ isClosed }) => isClosed).map(({ session }) => session)),
        serviceOf: rememberingServices(ports),
        findings: [],
      };
      for (const [index, window] of windows.entries()) {
        const first = firsts[index] ?? 0;
        judgeEvents(window, first, batch);
        if (window.isClosed) judgeEnd(window, first, batch);
      }
      return batch.findings;
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

function verdictOn(
  window: SequenceWindow,
  event: number,
  grounds: Grounds,
  service: JudgedService,
  ports: WindowJudgePorts,
): JudgedVerdict {
  const { threshold, background } = service;
  const news = newsOf(window, event, grounds.novelty, service);
  const { pValue, strength, quieted } = service.assess(
    scopeOf(window, event),
    grounds,
    kindOf(window, event),
    news?.isHeld === true ? heldClaims(threshold) : undefined,
  );
  const score = scoreOf(pValue);
  const modelVersion = modelOf(grounds) ?? ports.modelVersion();
  return new JudgedVerdict(
    { score, pValue, strength, threshold, isAnomaly: score >= threshold, quieted, news, modelVersion },
    grounds,
    background,
  );
}

/** Nothing of a service changes while a batch is judged. */
function rememberingServices({ service }: WindowJudgePorts): (name: string) => JudgedService {
  const known = new Map<string, JudgedService>();
  return (name) => {
    const found = known.get(name) ?? service(name);
    known.set(name, found);
    return found;
  };
}

function isSilent(grounds: Grounds): boolean {
  for (let index = 0; index < grounds.size; index += 1)
    if (!Number.isNaN(grounds.surprise(index))) return false;
  return true;
}

/** The weights that contributed. */
function modelOf(grounds: Grounds): string | undefined {
  for (let index = 0; index < grounds.size; index += 1) {
    const model = grounds.model(index);
    if (model !== undefined && !Number.isNaN(grounds.surprise(index))) return model;
  }
  return undefined;
}

function evidenceOn(opinions: readonly Opinions[], place: number): readonly Evidence[] {
  return opinions
    .filter(({ surprises }) => Number.isFinite(surprises[place]))
    .map((one) => evidenceAt(one, place));
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

/** A verdict on a session. An event that was flagged when it came is not told once more. */
function withoutTold(verdict: JudgedVerdict, placed: readonly PlacedEvidence[]): Verdict {
  if (!verdict.isAnomaly) return verdict;
  const [strongest] = verdict.contributions;
  const isTold = placed.find(({ evidence }) => evidence === strongest?.evidence)?.isTold ?? false;
  return isTold
    ? new JudgedVerdict({ ...verdict, isAnomaly: false }, verdict.grounds, verdict.background)
    : verdict;
}

/** Whether a finding at this event is one on the event or, behind the last one, on the session. */
export function scopeOf({ events }: SequenceWindow, event: number): Scope {
  return event < events.length ? "event" : "session";
}
