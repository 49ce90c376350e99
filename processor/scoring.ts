import type { Finding, Judge } from "./calibrate/verdict.ts";
import { deadlineIn } from "./deadline.ts";
import { type Places, placesOf } from "./detect/places.ts";
import type { Judged } from "./enrich/enrich.ts";
import type { NamedAnomaly } from "./enrich/name-anomalies.ts";
import type { Breathe } from "./flow/breathe.ts";
import { cutSlices, packSmall, SLICE_RECORDS, type Slice, workOf } from "./flow/slices.ts";
import type { Panel, PanelAnswer } from "./panel.ts";
import { createOutcome, type Lacking, type Outcome, type UnscoredReason } from "./unscored.ts";
import { type KnownRecord, type Repeats, repeatedOf } from "./window/repeats.ts";
import type { ParsedRecord, SequenceWindow, Windower } from "./window/sequence-window.ts";
import type { RecordView } from "./wire/record-view.ts";

/** The rooms between reading a request and writing into it. */
export interface ScoringRooms {
  readonly parse: (records: readonly RecordView[]) => readonly ParsedRecord[];
  /** Takes what is known of services that were elsewhere before; undefined where there are none. */
  readonly admit: (services: ReadonlySet<string>) => Promise<void> | undefined;
  readonly windower: Windower;
  readonly panel: Panel;
  readonly judge: Judge;
  readonly name: (findings: readonly Finding[]) => readonly NamedAnomaly[];
  /** Time that scoring one request may take, from its beginning on. */
  readonly scoringBudgetMs: number;
  readonly breathe: Breathe;
}

/** What became of a request's records. */
export interface Scored extends Lacking {
  readonly judged: Judged;
  /** What was judged, in pieces: only from it may be learned. */
  readonly slices: readonly JudgedSlice[];
}

/** Some windows with what was found in them. */
export interface JudgedSlice {
  readonly windows: readonly SequenceWindow[];
  readonly judged: Judged;
}

const NOTHING: Judged = { parsed: [], findings: [], anomalies: [] };
/** Records cut into windows in one piece: a stream's windows are longer when more come together. */
const CUT_TOGETHER = 1_024;

/** A request's records with their templates, and its windows. */
export interface CutRequest {
  readonly parsed: readonly ParsedRecord[];
  readonly windows: readonly SequenceWindow[];
  /** Records that are in no window, because they were taken before. */
  readonly repeated: number;
}

/** A request on its way through the detectors. */
export interface Asked {
  readonly parsed: readonly ParsedRecord[];
  /** In the order of its windows; none rejects. */
  readonly slices: readonly Promise<JudgedSlice>[];
  readonly outcome: Outcome;
}

/**
 * Mines the records and cuts their streams into windows: what changes the state that the next request is read with.
 * @param repeats what was taken before; undefined where each record counts as often as it comes
 */
export async function cutRecords(
  records: readonly RecordView[],
  { parse, admit, windower, breathe }: ScoringRooms,
  repeats: Repeats | undefined,
): Promise<CutRequest> {
  const parsed: ParsedRecord[] = [];
  const known: KnownRecord[] = [];
  const windows: SequenceWindow[] = [];
  for (let from = 0; from < records.length; from += SLICE_RECORDS) {
    await breathe();
    for (const one of parse(records.slice(from, from + SLICE_RECORDS))) {
      parsed.push(one);
      const record = records[one.recordIndex];
      if (record !== undefined && repeats?.isKnown(record)) known.push({ record, parsed: one });
    }
  }
  await admit(new Set(parsed.map(({ service }) => service)));
  const repeated = repeatedOf(known, windower.newestMs);
  const fresh = repeated.size === 0 ? parsed : parsed.filter((one) => !repeated.has(one));
  for (let from = 0; from < fresh.length; from += CUT_TOGETHER) {
    await breathe();
    for (const one of windower.push(fresh.slice(from, from + CUT_TOGETHER))) windows.push(one);
  }
  return { parsed, windows, repeated: repeated.size };
}

/**
 * Asks the detectors about the windows of some requests, small ones together, and has their answers judged when they come;
 * waits for neither. The scoring budget of all of them begins here.
 */
export async function askDetectors(
  requests: readonly CutRequest[],
  rooms: ScoringRooms,
): Promise<readonly Asked[]> {
  const budget = deadlineIn(rooms.scoringBudgetMs);
  const sitting = rooms.panel.open(budget.signal);
  const asked = requests.map(({ parsed, repeated }) => {
    const outcome = createOutcome();
    outcome.unscored("repeated", repeated, undefined);
    return { parsed, outcome, slices: [] as Promise<JudgedSlice>[] };
  });
  const underWay: Promise<unknown>[] = [];
  try {
    for (const pieces of packSmall(slicesOf(requests), ({ slice }) => workOf(slice.windows))) {
      await rooms.breathe();
      const told = pieces.map(({ slice, request }) => ({
        slice,
        outcome: asked[request]?.outcome ?? createOutcome(),
      }));
      const judged = budget.signal.aborted
        ? Promise.resolve(told.map((piece) => withoutVerdicts(piece, "late", budget.signal.reason)))
        : judgeWhenAnswered(told, sitting.ask, rooms);
      underWay.push(judged);
      for (const [at, { slice, request }] of pieces.entries())
        asked[request]?.slices.push(judged.then((slices) => slices[at] ?? notJudged(slice.parsed)));
    }
    return asked;
  } finally {
    void Promise.allSettled(underWay).then(() => {
      sitting.close();
      budget.clear();
    });
  }
}

/** Waits until all of the request is judged, or left unscored. */
export async function judgeAnswers({ parsed, slices, outcome }: Asked): Promise<Scored> {
  const judged = await Promise.all(slices);
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
  for (let from = 0; from < parsed.length; from += SLICE_RECORDS)
    slices.push(notJudged(parsed.slice(from, from + SLICE_RECORDS)));
  return { ...outcome.told(), slices, judged: { ...NOTHING, parsed } };
}

/** A slice of the request with this index. */
interface Cut {
  readonly slice: Slice;
  readonly request: number;
}

function slicesOf(requests: readonly CutRequest[]): readonly Cut[] {
  return requests.flatMap(({ windows, parsed }, request) =>
    cutSlices(windows, parsed).map((slice) => ({ slice, request })),
  );
}

/** A slice, and where is told what its verdicts lack. */
interface Piece {
  readonly slice: Slice;
  readonly outcome: Outcome;
}

async function judgeWhenAnswered(
  pieces: readonly Piece[],
  ask: (places: Places) => Promise<PanelAnswer>,
  rooms: ScoringRooms,
): Promise<readonly JudgedSlice[]> {
  const places = placesOf(pieces.flatMap(({ slice }) => slice.windows));
  const { opinions, absent } = await ask(places);
  await rooms.breathe();
  if (opinions === undefined) {
    const [firstCause] = absent.values();
    return pieces.map((piece) => withoutVerdicts(piece, reasonOf(firstCause), firstCause));
  }
  try {
    const findings = findingsOf(pieces, rooms.judge.judge(places, opinions));
    return pieces.map((piece, at) => withVerdicts(piece, findings[at] ?? [], absent, rooms));
  } catch (cause) {
    return pieces.map((piece) => withoutVerdicts(piece, "failed", cause));
  }
}

/** Each piece's own, of findings in the order of the windows. */
function findingsOf(pieces: readonly Piece[], findings: readonly Finding[]): readonly (readonly Finding[])[] {
  if (pieces.length === 1) return [findings];
  let from = 0;
  return pieces.map(({ slice }) => {
    const own = new Set(slice.windows);
    let end = from;
    for (let next = findings[end]; next !== undefined && own.has(next.window); next = findings[end]) end += 1;
    const found = findings.slice(from, end);
    from = end;
    return found;
  });
}

function withVerdicts(
  { slice, outcome }: Piece,
  findings: readonly Finding[],
  absent: PanelAnswer["absent"],
  { name }: ScoringRooms,
): JudgedSlice {
  const { windows, parsed } = slice;
  const anomalies = name(findings);
  const silent = parsed.length - findings.filter(isOnRecord).length;
  outcome.unscored("no-evidence", silent, undefined);
  for (const [detector, cause] of absent) outcome.absent(detector, parsed.length - silent, cause);
  return { windows, judged: { parsed, findings, anomalies } };
}

/** What came too late to be judged is not learned from either: as much again would wait. */
function withoutVerdicts({ slice, outcome }: Piece, reason: UnscoredReason, cause: unknown): JudgedSlice {
  outcome.unscored(reason, slice.parsed.length, cause);
  const windows = reason === "late" ? [] : slice.windows;
  return { windows, judged: { ...NOTHING, parsed: slice.parsed } };
}

/** Nothing is learned from what was not judged; that it came is remembered. */
function notJudged(parsed: readonly ParsedRecord[]): JudgedSlice {
  return { windows: [], judged: { ...NOTHING, parsed } };
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
