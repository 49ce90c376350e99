import type { ReactNode } from "react";

/** How much attention something asks for. */
export type Tone = "danger" | "warning" | "ok" | "accent" | "muted";

interface BadgeProps {
  readonly tone: Tone;
  readonly children: ReactNode;
  readonly title?: string | undefined;
}

/** A word or two with a colour; the colour never says more than the word. */
export function Badge({ tone, children, title }: BadgeProps) {
  return (
    <span className={`badge tone-${tone}`} title={title}>
      {children}
    </span>
  );
}
