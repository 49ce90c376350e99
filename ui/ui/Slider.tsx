import type { CSSProperties } from "react";

interface SliderProps {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
  /** The value in words, for screen readers. */
  readonly valueText: string;
  readonly onChange: (value: number) => void;
}

/** The browser's own range input, so that keys, touch and screen readers work as everywhere. */
export function Slider({ label, min, max, step, value, valueText, onChange }: SliderProps) {
  const style: CSSProperties & Record<"--share", string> = { "--share": String((value - min) / (max - min)) };
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
      onChange={(event) => onChange(event.target.valueAsNumber)}
    />
  );
}
