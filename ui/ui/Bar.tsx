import type { CSSProperties } from "react";
import type { Tone } from "./Badge.tsx";

interface BarProps {
  /** 0 to 1. */
  readonly share: number;
  readonly tone: Tone;
  /** A tick on the bar, 0 to 1, such as a threshold. */
  readonly mark?: number;
}

/** A share as a bar; decoration beside a number, so it is hidden from screen readers. */
export function Bar({ share, tone, mark }: BarProps) {
  const style: CSSProperties & Record<"--share" | "--mark", string> = {
    "--share": String(Math.min(1, Math.max(0, share))),
    "--mark": String(mark ?? 0),
  };
  return (
    <span className={`bar tone-${tone}`} style={style} aria-hidden="true">
      <span className="bar-fill" />
      {mark === undefined ? null : <span className="bar-mark" />}
    </span>
  );
}
