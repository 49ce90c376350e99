import type { LogEvent } from "../window/sequence-window.ts";
import { type CandidateSource, type Candidates, candidateTable, joinTables } from "./candidates.ts";
import type { CandidateTable } from "./event-scorer.ts";
import type { ShownWindow } from "./shown-window.ts";

/** Templates that the places of one service's windows are chosen between. */
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
  readonly revision: number | undefined;
}

/** The service's candidates, and behind them what its windows hold beyond these. */
function choiceFor(candidates: Candidates, windows: readonly ShownWindow[], source: CandidateSource): Choice {
  const strangers = new Map<string, number>();
  const texts: string[] = [];
  const indexOf = ({ match: { templateId, template } }: LogEvent): number => {
    const known = candidates.indexOf(templateId) ?? strangers.get(templateId);
    if (known !== undefined) return known;
    const index = candidates.size() + texts.length;
    strangers.set(templateId, index);
    texts.push(template);
    return index;
  };
  const ids = windows.map(({ events }) => events.map(indexOf));
  const known = candidates.texts();
  return {
    size: candidates.size() + texts.length,
    table: () =>
      texts.length === 0
        ? candidates.table()
        : joinTables(candidates.table(), candidateTable(texts, source), source),
    ids,
    textAt: (index) => known[index] ?? texts[index - known.length],
    textsForTable: () => [...candidates.textsForTable(), ...texts],
    revision: texts.length === 0 ? candidates.revision() : undefined,
  };
}

/** The windows of one service in a batch, and what their places are chosen between. */
export interface ServiceChoice {
  readonly service: string;
  readonly windows: readonly ShownWindow[];
  readonly candidates: Candidates;
  readonly choice: Choice;
}

/** The choice of each service in a batch. */
export function chooseByService(
  windows: readonly ShownWindow[],
  knownOf: (service: string) => { readonly candidates: Candidates; readonly source: CandidateSource },
): readonly ServiceChoice[] {
  return [...Map.groupBy(windows, ({ service }) => service)].map(([service, own]) => {
    const { candidates, source } = knownOf(service);
    return { service, windows: own, candidates, choice: choiceFor(candidates, own, source) };
  });
}
