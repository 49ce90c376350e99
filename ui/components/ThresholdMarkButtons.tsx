import { formatScore } from "../format/score.ts";
import type { ThresholdMark } from "./threshold-marks.ts";

interface ThresholdMarkButtonsProps {
  readonly marks: readonly ThresholdMark[];
  /** The threshold that is tried. */
  readonly value: number;
  readonly onTry: (value: number) => void;
}

/** The key of the marks on the scale; each brings the slider to its mark. */
export function ThresholdMarkButtons({ marks, value, onTry }: ThresholdMarkButtonsProps) {
  return (
    <ul className="mark-key" aria-label="Thresholds to compare with">
      {marks.map((mark) => (
        <li key={mark.kind}>
          <button
            type="button"
            className="mark-button"
            aria-pressed={mark.value === value}
            onClick={() => onTry(mark.value)}
          >
            <span className={`mark-swatch mark-${mark.kind}`} aria-hidden="true" />
            {mark.label} <span className="number">{formatScore(mark.value)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
