import { useTyped } from "../ui/use-typed.ts";
import { parseScore } from "./parse-score.ts";

interface ScoreFilterProps {
  /** 0 for any. */
  readonly minScore: number;
  readonly onChange: (minScore: number) => void;
}

/** The least score that a record has to have. */
export function ScoreFilter({ minScore, onChange }: ScoreFilterProps) {
  const [typed, setTyped] = useTyped(minScore === 0 ? "" : String(minScore), (text) =>
    onChange(parseScore(text)),
  );
  return (
    <label className="score-filter">
      <span aria-hidden="true">Score ≥</span>
      <span className="visually-hidden">Minimum score</span>
      <input
        type="number"
        min={0}
        max={1}
        step={0.05}
        value={typed}
        placeholder="any"
        onChange={(event) => setTyped(event.target.value)}
      />
    </label>
  );
}
