import { useTyped } from "../ui/use-typed.ts";
import { verdictWords } from "./filter-chips.ts";
import type { ListFilter, VerdictFilter } from "./list-filter.ts";
import { ScoreFilter } from "./ScoreFilter.tsx";
import { TimeFilter } from "./TimeFilter.tsx";

const verdicts: readonly (readonly [VerdictFilter, string])[] = [
  ["unlabelled", verdictWords.unlabelled],
  ["confirmed", verdictWords.confirmed],
  ["expected", verdictWords.expected],
];

interface MoreFiltersProps {
  readonly id: string;
  readonly filter: ListFilter;
  readonly onChange: (changes: Partial<ListFilter>) => void;
}

/** The filters that are needed less often. */
export function MoreFilters({ id, filter, onChange }: MoreFiltersProps) {
  const [trace, setTrace] = useTyped(filter.traceId, (traceId) =>
    onChange({ traceId: traceId.trim().toLowerCase() }),
  );
  return (
    <fieldset id={id} className="more-filters">
      <legend className="visually-hidden">More filters</legend>
      <TimeFilter filter={filter} onChange={onChange} />
      <label>
        <span className="visually-hidden">Verdict</span>
        <select
          value={filter.verdict}
          onChange={(event) =>
            onChange({ verdict: verdicts.find(([value]) => value === event.target.value)?.[0] ?? "" })
          }
        >
          <option value="">Any verdict</option>
          {verdicts.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <ScoreFilter minScore={filter.minScore} onChange={(minScore) => onChange({ minScore })} />
      <label className="field">
        Trace
        <input
          type="text"
          value={trace}
          maxLength={32}
          size={14}
          placeholder="any"
          onChange={(event) => setTrace(event.target.value)}
        />
      </label>
    </fieldset>
  );
}
