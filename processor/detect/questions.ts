import type { TemplateMatch } from "../template/template-miner.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import { type CandidateSource, type Candidates, candidateTable, joinTables } from "./candidates.ts";
import type { CandidateTable, MaskedRow } from "./event-scorer.ts";
import { maskedRow, rowKeys } from "./masked-row.ts";

/** One event on its way through the model. */
export interface Question {
  readonly window: SequenceWindow;
  /** Index of the window within the scored batch. */
  readonly index: number;
  readonly event: number;
  /** Equal for questions with the same answer, under the same choice. */
  readonly key: string;
  /** What the model is shown; only right as long as nothing has been learned since the question was made. */
  readonly row: () => MaskedRow;
}

/** Windows of one service with their index in the scored batch. */
export type IndexedWindows = readonly (readonly [index: number, window: SequenceWindow])[];

/** Templates that the questions of one service choose between. */
export interface Choice {
  readonly size: number;
  /** Like `indexOf` only right as long as nothing has been learned since. */
  readonly table: () => CandidateTable;
  indexOf(templateId: string): number;
  /** Of this choice, whatever has been learned since. */
  textAt(index: number): string | undefined;
  /** Stands for this choice; undefined when it holds templates that the service has not learned: its answers are not remembered. */
  readonly memoKey: string | undefined;
}

/** The service's candidates, and behind them what its windows hold beyond these. */
export function choiceFor(
  service: string,
  candidates: Candidates,
  windows: IndexedWindows,
  source: CandidateSource,
): Choice {
  const strangers = new Map<string, string>();
  for (const [, { events }] of windows)
    for (const { match } of events)
      if (candidates.indexOf(match.templateId) === undefined) strangers.set(match.templateId, match.template);
  const ids = [...strangers.keys()];
  const texts = [...strangers.values()];
  const known = candidates.texts();
  const indexes = new Map(ids.map((id, index) => [id, candidates.size + index]));
  return {
    size: candidates.size + texts.length,
    table: () =>
      texts.length === 0
        ? candidates.table()
        : joinTables(candidates.table(), candidateTable(texts, source), source),
    indexOf: (templateId) => candidates.indexOf(templateId) ?? indexes.get(templateId) ?? 0,
    textAt: (index) => known[index] ?? texts[index - known.length],
    memoKey: texts.length === 0 ? `${service}\0${candidates.revision}\0` : undefined,
  };
}

/** One question for each fresh event of a window, and for the end of a closed one. */
export function questionsOf(
  window: SequenceWindow,
  index: number,
  choice: Choice,
  eventsMax: number,
  featuresOf: (match: TemplateMatch) => readonly number[],
): readonly Question[] {
  const end = window.events.length + (window.isClosed ? 1 : 0);
  const reading = { candidateOf: choice.indexOf, featuresOf, candidates: choice.size };
  const keyOf = rowKeys(window, eventsMax, reading);
  return Array.from({ length: end - window.freshFrom }, (_, offset) => {
    const event = window.freshFrom + offset;
    return {
      window,
      index,
      event,
      key: keyOf(event),
      row: () => maskedRow(window, event, eventsMax, reading),
    };
  });
}
