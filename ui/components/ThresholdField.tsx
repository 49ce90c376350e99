import { type KeyboardEvent, useId, useState } from "react";
import { formatScore } from "../format/score.ts";
import { readThreshold } from "./threshold-draft.ts";

interface ThresholdFieldProps {
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** The threshold as a number to type over: taken when the field is left or Enter is pressed. */
export function ThresholdField({ value, onChange }: ThresholdFieldProps) {
  const [typed, setTyped] = useState<string>();
  const [isWrong, setWrong] = useState(false);
  const problemId = useId();
  const commit = () => {
    if (typed === undefined) return;
    const read = readThreshold(typed);
    setWrong(read === undefined);
    if (read === undefined) return;
    setTyped(undefined);
    onChange(read);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || typed === undefined) return;
    event.preventDefault();
    commit();
  };
  return (
    <>
      <input
        type="text"
        inputMode="decimal"
        className="threshold-field"
        aria-label="Threshold, exactly"
        aria-invalid={isWrong}
        aria-describedby={isWrong ? problemId : undefined}
        value={typed ?? formatScore(value)}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={commit}
        onKeyDown={onKeyDown}
      />
      {isWrong ? (
        <span id={problemId} className="field-problem" role="alert">
          A threshold is a number from 0 to 1.
        </span>
      ) : null}
    </>
  );
}
