import type { LogEvent, SequenceWindow } from "../window/sequence-window.ts";
import { type CandidateSource, type Candidates, candidateTable, joinTables } from "./candidates.ts";
import type { EventCode } from "./event-code.ts";
import type { CandidateTable } from "./event-scorer.ts";
import { contextKeys, type ReadWindow } from "./masked-row.ts";

/** One event on its way through the model. */
export interface Question {
  readonly window: SequenceWindow;
  /** Index of the window within the scored batch. */
  readonly index: number;
  readonly event: number;
  /** The answer that came true: a candidate, or behind them the end of the session. */
  readonly answer: number;
  /** Equal for questions of which the model is shown the same, under the same choice. */
  readonly key: string;
  readonly read: ReadWindow;
}

/** Windows of one service with their index in the scored batch. */
export type IndexedWindows = readonly (readonly [index: number, window: SequenceWindow])[];

/** Templates that the questions of one service choose between. */
export interface Choice {
  readonly size: number;
  /** Only right as long as nothing has been learned since. */
  readonly table: () => CandidateTable;
  /** Position in the table of each event's template, of each of the windows. */
  readonly ids: readonly (readonly number[])[];
  /** Of this choice, whatever has been learned since. */
  textAt(index: number): string | undefined;
  /** Texts whose vectors `table` is going to ask for. */
  textsForTable(): readonly string[];
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
  const strangers = new Map<string, number>();
  const texts: string[] = [];
  const indexOf = ({ match: { templateId, template } }: LogEvent): number => {
    const known = candidates.indexOf(templateId) ?? strangers.get(templateId);
    if (known !== undefined) return known;
    const index = candidates.size + texts.length;
    strangers.set(templateId, index);
    texts.push(template);
    return index;
  };
  const ids = windows.map(([, { events }]) => events.map(indexOf));
  const known = candidates.texts();
  return {
    size: candidates.size + texts.length,
    table: () =>
      texts.length === 0
        ? candidates.table()
        : joinTables(candidates.table(), candidateTable(texts, source), source),
    ids,
    textAt: (index) => known[index] ?? texts[index - known.length],
    textsForTable: () => [...candidates.textsForTable(), ...texts],
    memoKey: texts.length === 0 ? `${service}\0${candidates.revision}\0` : undefined,
  };
}

/**
 * One question for each fresh event of a window, and for the end of a closed one.
 * @param ids the window's own, of the choice
 */
export function questionsOf(
  [index, window]: IndexedWindows[number],
  { size }: Choice,
  ids: readonly number[],
  eventsMax: number,
  codeOf: (event: LogEvent) => EventCode,
): readonly Question[] {
  const { events, freshFrom, isStart, isClosed } = window;
  const read = { isStart, ids, codes: events.map(codeOf) };
  const keyOf = contextKeys(read, eventsMax);
  const questions: Question[] = [];
  const end = events.length + (isClosed ? 1 : 0);
  for (let event = freshFrom; event < end; event += 1)
    questions.push({ window, index, event, answer: ids[event] ?? size, key: keyOf(event), read });
  return questions;
}
