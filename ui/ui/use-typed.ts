import { useEffect, useRef, useState } from "react";
import { useDebounced } from "./use-debounced.ts";

const TYPING_MS = 250;

/** The text of an input whose value lives elsewhere: passed on once there is a pause in the typing, taken over when it changes there. */
export function useTyped(
  value: string,
  onChange: (value: string) => void,
): readonly [string, (typed: string) => void] {
  const [typed, setTyped] = useState(value);
  const settled = useDebounced(typed, TYPING_MS);
  const change = useRef(onChange);
  useEffect(() => {
    change.current = (next) => {
      if (next !== value) onChange(next);
    };
  });
  useEffect(() => setTyped(value), [value]);
  useEffect(() => change.current(settled), [settled]);
  return [typed, setTyped];
}
