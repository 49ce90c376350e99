import { Button } from "../ui/Button.tsx";
import { ScoreFilter } from "./ScoreFilter.tsx";
import { ServiceSelect } from "./ServiceSelect.tsx";
import { TextFilter } from "./TextFilter.tsx";
import type { TailFilter } from "./tail-state.ts";

interface TailToolbarProps {
  readonly filter: TailFilter;
  readonly onChange: (changes: Partial<TailFilter>) => void;
  readonly isFollowing: boolean;
  readonly onToggle: () => void;
  readonly onHelp: () => void;
}

/** Narrows the tail, and stops it or lets it go on. */
export function TailToolbar({ filter, onChange, isFollowing, onToggle, onHelp }: TailToolbarProps) {
  return (
    <div className="toolbar tail-toolbar">
      <search className="filters">
        <ServiceSelect value={filter.service} onChange={(service) => onChange({ service })} />
        <TextFilter text={filter.text} onChange={(text) => onChange({ text })} />
        <ScoreFilter minScore={filter.minScore} onChange={(minScore) => onChange({ minScore })} />
        <label className="check">
          <input
            type="checkbox"
            checked={filter.isOnlyAnomalies}
            onChange={(event) => onChange({ isOnlyAnomalies: event.target.checked })}
          />
          Anomalies only
        </label>
      </search>
      <Button className="pause-button" onClick={onToggle} aria-keyshortcuts="Space">
        {isFollowing ? "Pause" : "Resume"}
        <span className="key" aria-hidden="true">
          space
        </span>
      </Button>
      <Button tone="quiet" className="help-button" shortcut="?" onClick={onHelp}>
        Keyboard
      </Button>
    </div>
  );
}
