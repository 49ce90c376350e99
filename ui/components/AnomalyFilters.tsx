import { useEffect, useRef, useState } from "react";
import { visibleText } from "../format/visible-text.ts";
import { Button } from "../ui/Button.tsx";
import { useDebounced } from "../ui/use-debounced.ts";
import { useShortcuts } from "../ui/use-shortcuts.ts";
import { useStageStatus } from "./StageStatusProvider.tsx";
import type { ListFilter } from "./use-anomaly-list.ts";

const TYPING_MS = 250;

interface AnomalyFiltersProps {
  readonly filter: ListFilter;
  readonly onChange: (changes: Partial<ListFilter>) => void;
}

/** Narrows the list to a service, a text, or (by a link from an anomaly) a trace. */
export function AnomalyFilters({ filter, onChange }: AnomalyFiltersProps) {
  const { services } = useStageStatus();
  const names = new Set(services?.map(({ name }) => name));
  if (filter.service !== "") names.add(filter.service);
  return (
    <search className="filters">
      <label>
        <span className="visually-hidden">Service</span>
        <select value={filter.service} onChange={(event) => onChange({ service: event.target.value })}>
          <option value="">All services</option>
          {[...names].sort().map((name) => (
            <option key={name} value={name}>
              {visibleText(name)}
            </option>
          ))}
        </select>
      </label>
      <TextFilter text={filter.text} onChange={(text) => onChange({ text })} />
      {filter.traceId === "" ? null : (
        <Button onClick={() => onChange({ traceId: "" })} title={visibleText(filter.traceId)}>
          Trace {visibleText(filter.traceId.slice(0, 8))} <span aria-hidden="true">✕</span>
          <span className="visually-hidden">: show all traces</span>
        </Button>
      )}
    </search>
  );
}

function TextFilter({
  text,
  onChange,
}: {
  readonly text: string;
  readonly onChange: (text: string) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(text);
  const settled = useDebounced(typed, TYPING_MS);
  const change = useRef(onChange);
  useEffect(() => {
    change.current = (value) => {
      if (value !== text) onChange(value);
    };
  });
  useEffect(() => setTyped(text), [text]);
  useEffect(() => change.current(settled), [settled]);
  useShortcuts({ "/": () => input.current?.focus() });
  return (
    <label className="text-filter">
      <span className="visually-hidden">Text in the body or template</span>
      <input
        ref={input}
        type="search"
        value={typed}
        maxLength={200}
        placeholder="Filter by text"
        aria-keyshortcuts="/"
        onChange={(event) => setTyped(event.target.value)}
      />
    </label>
  );
}
