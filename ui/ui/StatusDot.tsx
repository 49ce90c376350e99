import type { Tone } from "./Badge.tsx";

interface StatusDotProps {
  readonly tone: Tone;
  readonly isPulsing?: boolean;
}

/** A coloured dot before a word that says the same. */
export function StatusDot({ tone, isPulsing = false }: StatusDotProps) {
  return <span className={`status-dot tone-${tone} ${isPulsing ? "is-pulsing" : ""}`} aria-hidden="true" />;
}
