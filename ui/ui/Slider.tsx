import type { CSSProperties, KeyboardEvent } from "react";

interface SliderProps {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  /** Of the arrow keys. */
  readonly step: number;
  /** Of PageUp and PageDown. */
  readonly coarseStep: number;
  readonly value: number;
  /** The value in words, for screen readers. */
  readonly valueText: string;
  readonly onChange: (value: number) => void;
}

const coarseKeys: Readonly<Record<string, 1 | -1>> = { PageUp: 1, PageDown: -1 };

/** The browser's own range input, so that keys, touch and screen readers work as everywhere. */
export function Slider({ label, min, max, step, coarseStep, value, valueText, onChange }: SliderProps) {
  const style: CSSProperties & Record<"--share", string> = { "--share": String((value - min) / (max - min)) };
  // A browser's own page step is a tenth of the scale.
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = coarseKeys[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    const steps = Math.round((value + direction * coarseStep - min) / step);
    onChange(Number(Math.min(max, Math.max(min, min + steps * step)).toFixed(6)));
  };
  return (
    <input
      type="range"
      className="slider"
      aria-label={label}
      aria-valuetext={valueText}
      min={min}
      max={max}
      step={step}
      value={value}
      style={style}
      onKeyDown={onKeyDown}
      onChange={(event) => onChange(event.target.valueAsNumber)}
    />
  );
}
