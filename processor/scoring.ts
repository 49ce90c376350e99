import type { Finding, Judge } from "./calibrate/verdict.ts";
import { deadlineIn } from "./deadline.ts";
import type { DetectorName } from "./detect/evidence.ts";
import { type Places, placesOf } from "./detect/places.ts";
import type { Judged } from "./enrich/enrich.ts";
import type { NamedAnomaly } from "./enrich/name-anomalies.ts";
import type { Breathe } from "./flow/breathe.ts";
import { cutSlices, type Slice } from "./flow/slices.ts";
import type { Panel, PanelAnswer, Sitting } from "./panel.ts";
import type { ParsedRecord, SequenceWindow, Windower } from "./window/sequence-window.ts";
import type { RecordView } from "./wire/record-view.ts";

/** The rooms between reading a request and writing into it. */
export interface ScoringRooms {
  readonly parse: (records: readonly RecordView[]) => readonly ParsedRecord[];
  readonly windower: Windower;
  readonly panel: Panel;
  readonly judge: Judge;
  readonly name: (findings: readonly Finding[]) => readonly NamedAnomaly[];
  /** Time that scoring one request may take, from its beginning on. */
  readonly scoringBudgetMs: number;
  readonly breathe: Breathe;
}

/**
 * Why a record passes without a verdict. overload: too much waited before it; late: its request's scoring budget was over;
 * failed: something of ours broke; no-evidence: no detector has anything to say of it.
 */
export const UNSCORED_REASONS = ["overload", "late", "failed", "no-evidence"] as const;
export type UnscoredReason = (typeof UNSCORED_REASONS)[number];

/** What became of a request's records. */
export interface Scored {
  readonly judged: Judged;
  /** What was judged, in pieces: only from it may be learned. */
  readonly slices: readonly JudgedSlice[];
  readonly unscored: ReadonlyMap<UnscoredReason, Unscored>;
  /** Detectors that some of the verdicts were made without. */
  readonly absent: ReadonlyMap<DetectorName, Unscored>;
}

/** Some windows with what was found in them. */
export interface JudgedSlice {
  readonly windows: readonly SequenceWindow[];
  readonly judged: Judged;
}

/** How many records, and what was said about the first of them. */
export interface Unscored {
  readonly records: number;
  readonly cause: unknown;
}

const NOTHING: Judged = { parsed: [], findings: [], anomalies: [] };
/** Records mined in one piece, and records cut into windows in one: a stream's windows are longer when more come together. */
const MINED_TOGETHER = 128;
const CUT_TOGETHER = 1_024;

/** Windows with what the detectors are going to say of them; undefined where there was no time to ask. */
interface AskedSlice {
  readonly slice: Slice;
  readonly places: Places;
  readonly answer: Promise<PanelAnswer> | undefined;
}

/** Windows on their way through the detectors. */
export interface Asked {
  readonly parsed: readonly ParsedRecord[];
  readonly slices: readonly AskedSlice[];
  readonly outcome: Outcome;
  /** Ends the scoring budget. */
  close(): void;
}

/** Mines the records and cuts their streams into windows: what changes the state that the next request is read with. */
export async function cutRecords(
  records: readonly RecordView[],
  { parse, windower, breathe }: ScoringRooms,
): Promise<{ readonly parsed: readonly ParsedRecord[]; readonly windows: readonly SequenceWindow[] }> {
  const parsed: ParsedRecord[] = [];
  const windows: SequenceWindow[] = [];
  for (let from = 0; from < records.length; from += MINED_TOGETHER) {
    await breathe();
    for (const one of parse(records.slice(from, from + MINED_TOGETHER))) parsed.push(one);
  }
  for (let from = 0; from < parsed.length; from += CUT_TOGETHER) {
    await breathe();
    for (const one of windower.push(parsed.slice(from, from + CUT_TOGETHER))) windows.push(one);
  }
  return { parsed, windows };
}

/** Asks the detectors about the windows, and does not wait for their answers. The scoring budget begins here. */
export async function askDetectors(
  parsed: readonly ParsedRecord[],
  windows: readonly SequenceWindow[],
  { panel, scoringBudgetMs, breathe }: ScoringRooms,
): Promise<Asked> {
  const budget = deadlineIn(scoringBudgetMs);
  const sitting: Sitting = panel.open(budget.signal);
  const outcome = createOutcome();
  const slices: AskedSlice[] = [];
  for (const slice of cutSlices(windows, parsed)) {
    await breathe();
    const isLate = budget.signal.aborted;
    if (isLate) outcome.unscored("late", slice.parsed.length, budget.signal.reason);
    const places = placesOf(slice.windows);
    slices.push({ slice, places, answer: isLate ? undefined : sitting.ask(places) });
  }
  const close = () => {
    sitting.close();
    budget.clear();
  };
  return { parsed, slices, outcome, close };
}

/** Waits for the answers and judges, one slice after the other. Never rejects: what cannot be judged is left unscored. */
export async function judgeAnswers(
  { parsed, slices, outcome, close }: Asked,
  rooms: ScoringRooms,
): Promise<Scored> {
  const judged: JudgedSlice[] = [];
  for (const { slice, places, answer } of slices) {
    const answered = await answer;
    await rooms.breathe();
    judged.push(
      answered === undefined ? notJudged(slice.parsed) : judgeSlice(slice, places, answered, outcome, rooms),
    );
  }
  close();
  return { ...outcome.told(), slices: judged, judged: joined(parsed, judged) };
}

/** Records that nothing was asked about. */
export function unscored(
  parsed: readonly ParsedRecord[],
  records: number,
  reason: UnscoredReason,
  cause: unknown,
): Scored {
  const outcome = createOutcome();
  outcome.unscored(reason, records, cause);
  const slices: JudgedSlice[] = [];
  for (let from = 0; from < parsed.length; from += MINED_TOGETHER)
    slices.push(notJudged(parsed.slice(from, from + MINED_TOGETHER)));
  return { ...outcome.told(), slices, judged: { ...NOTHING, parsed } };
}

/** Nothing is learned from what was not judged; that it came is remembered. */
function notJudged(parsed: readonly ParsedRecord[]): JudgedSlice {
  return { windows: [], judged: { ...NOTHING, parsed } };
}

function judgeSlice(
  { windows, parsed }: Slice,
  places: Places,
  { opinions, absent }: PanelAnswer,
  outcome: Outcome,
  { judge, name }: ScoringRooms,
): JudgedSlice {
  const [firstCause] = absent.values();
  if (opinions === undefined) {
    const reason = reasonOf(firstCause);
    outcome.unscored(reason, parsed.length, firstCause);
    return { windows: reason === "late" ? [] : windows, judged: { ...NOTHING, parsed } };
  }
  try {
    const findings = judge.judge(places, opinions);
    const anomalies = name(findings);
    const silent = parsed.length - findings.filter(isOnRecord).length;
    outcome.unscored("no-evidence", silent, undefined);
    for (const [detector, cause] of absent) outcome.absent(detector, parsed.length - silent, cause);
    return { windows, judged: { parsed, findings, anomalies } };
  } catch (cause) {
    outcome.unscored("failed", parsed.length, cause);
    return { windows, judged: { ...NOTHING, parsed } };
  }
}

/** A finding that a record carries; that of a session's end has none. */
export function isOnRecord({ recordIndex }: Finding): boolean {
  return recordIndex !== undefined;
}

function reasonOf(cause: unknown): UnscoredReason {
  return cause instanceof DOMException && cause.name === "TimeoutError" ? "late" : "failed";
}

function joined(parsed: readonly ParsedRecord[], slices: readonly JudgedSlice[]): Judged {
  const findings: Finding[] = [];
  const anomalies: NamedAnomaly[] = [];
  for (const { judged } of slices) {
    for (const finding of judged.findings) findings.push(finding);
    for (const anomaly of judged.anomalies) anomalies.push(anomaly);
  }
  return { parsed, findings, anomalies };
}

/** Adds up what was left out. */
interface Outcome {
  unscored(reason: UnscoredReason, records: number, cause: unknown): void;
  absent(detector: DetectorName, records: number, cause: unknown): void;
  told(): Pick<Scored, "unscored" | "absent">;
}

function createOutcome(): Outcome {
  const without = new Map<UnscoredReason, Unscored>();
  const absences = new Map<DetectorName, Unscored>();
  const add = <K>(map: Map<K, Unscored>, key: K, records: number, cause: unknown) => {
    const known = map.get(key);
    map.set(key, { records: (known?.records ?? 0) + records, cause: known?.cause ?? cause });
  };
  return {
    unscored: (reason, records, cause) => records > 0 && add(without, reason, records, cause),
    absent: (detector, records, cause) => add(absences, detector, records, cause),
    told: () => ({ unscored: without, absent: absences }),
  };
}
