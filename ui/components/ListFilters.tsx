import { useId, useState } from "react";
import { Button } from "../ui/Button.tsx";
import { Segmented } from "../ui/Segmented.tsx";
import { useShortcuts } from "../ui/use-shortcuts.ts";
import { filterChips } from "./filter-chips.ts";
import type { ListFilter, ListView } from "./list-filter.ts";
import { MoreFilters } from "./MoreFilters.tsx";
import { ServiceSelect } from "./ServiceSelect.tsx";
import { TextFilter } from "./TextFilter.tsx";

const views = [
  { value: "incidents", label: "Incidents" },
  { value: "anomalies", label: "Every anomaly" },
] as const;

interface ListFiltersProps {
  readonly view: ListView;
  readonly onView: (view: ListView) => void;
  readonly filter: ListFilter;
  readonly onChange: (changes: Partial<ListFilter>) => void;
  readonly onHelp: () => void;
}

/** What the list is of, and what it is narrowed to; parts that are out of sight are named by chips that take them away. */
export function ListFilters({ view, onView, filter, onChange, onHelp }: ListFiltersProps) {
  const [isMore, setMore] = useState(false);
  const moreId = useId();
  const chips = filterChips(filter, Date.now());
  const toggleMore = () => setMore((is) => !is);
  useShortcuts({ f: toggleMore, v: () => onView(view === "incidents" ? "anomalies" : "incidents") });
  return (
    <search className="list-filters">
      <div className="toolbar">
        <div className="filters">
          <Segmented label="Rows" options={views} value={view} onChange={onView} />
          <ServiceSelect value={filter.service} onChange={(service) => onChange({ service })} />
          <TextFilter text={filter.text} onChange={(text) => onChange({ text })} />
          <Button aria-expanded={isMore} aria-controls={moreId} aria-keyshortcuts="f" onClick={toggleMore}>
            Filters{chips.length > 0 ? ` (${chips.length})` : ""}
          </Button>
        </div>
        <Button tone="quiet" className="help-button" shortcut="?" onClick={onHelp}>
          Keyboard
        </Button>
      </div>
      {isMore ? <MoreFilters id={moreId} filter={filter} onChange={onChange} /> : null}
      {chips.length > 0 ? (
        <ul className="chips" aria-label="Narrowed to">
          {chips.map(({ label, cleared }) => (
            <li key={label}>
              <button type="button" className="chip" onClick={() => onChange(cleared)}>
                {label} <span aria-hidden="true">✕</span>
                <span className="visually-hidden">: take away</span>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </search>
  );
}
