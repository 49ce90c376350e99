import { fromLocalInput, toLocalInput } from "../format/local-input.ts";
import { spanWords } from "./filter-chips.ts";
import type { ListFilter, Span } from "./list-filter.ts";

const HOUR_MS = 3_600_000;

const options: readonly (readonly [Span, string])[] = [
  ["15m", spanWords["15m"]],
  ["1h", spanWords["1h"]],
  ["24h", spanWords["24h"]],
  ["7d", spanWords["7d"]],
];

interface TimeFilterProps {
  readonly filter: ListFilter;
  readonly onChange: (changes: Partial<ListFilter>) => void;
}

/** How far back the list looks, or between which instants, in the reader's zone. */
export function TimeFilter({ filter, onChange }: TimeFilterProps) {
  const { span, from, to } = filter;
  const isBetween = span === "" && (from !== "" || to !== "");
  const choose = (value: string) => {
    const chosen = options.find(([name]) => name === value)?.[0];
    if (chosen !== undefined) onChange({ span: chosen, from: "", to: "" });
    else if (value === "") onChange({ span: "", from: "", to: "" });
    else onChange({ span: "", from: new Date(Date.now() - HOUR_MS).toISOString(), to: "" });
  };
  return (
    <>
      <label>
        <span className="visually-hidden">Time</span>
        <select value={isBetween ? "between" : span} onChange={(event) => choose(event.target.value)}>
          <option value="">Any time</option>
          {options.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
          <option value="between">Between …</option>
        </select>
      </label>
      {isBetween ? (
        <>
          <label className="field">
            from
            <input
              type="datetime-local"
              value={toLocalInput(from)}
              onChange={(event) => onChange({ from: fromLocalInput(event.target.value) })}
            />
          </label>
          <label className="field">
            before
            <input
              type="datetime-local"
              value={toLocalInput(to)}
              onChange={(event) => onChange({ to: fromLocalInput(event.target.value) })}
            />
          </label>
        </>
      ) : null}
    </>
  );
}
