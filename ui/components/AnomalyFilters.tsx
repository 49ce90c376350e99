import { Button } from "../ui/Button.tsx";
import { ServiceSelect } from "./ServiceSelect.tsx";
import { TextFilter } from "./TextFilter.tsx";
import type { ListFilter } from "./use-anomaly-list.ts";

interface AnomalyFiltersProps {
  readonly filter: ListFilter;
  readonly onChange: (changes: Partial<ListFilter>) => void;
}

/** Narrows the list to a service, a text, or (by a link from an anomaly) a trace. */
export function AnomalyFilters({ filter, onChange }: AnomalyFiltersProps) {
  return (
    <search className="filters">
      <ServiceSelect value={filter.service} onChange={(service) => onChange({ service })} />
      <TextFilter text={filter.text} onChange={(text) => onChange({ text })} />
      {filter.traceId === "" ? null : (
        <Button onClick={() => onChange({ traceId: "" })} title={filter.traceId}>
          Trace {filter.traceId.slice(0, 8)} <span aria-hidden="true">✕</span>
          <span className="visually-hidden">: show all traces</span>
        </Button>
      )}
    </search>
  );
}
