import { formatRate } from "../format/count.ts";

/** A threshold worth comparing with. */
export interface ThresholdMark {
  readonly kind: "now" | "budget" | "proposal";
  readonly label: string;
  readonly value: number;
}

interface MarkValues {
  /** In force. */
  readonly now: number;
  /** Alerts a day, and the threshold that would have kept them. */
  readonly budget: { readonly alertsPerDay: number; readonly value: number } | undefined;
  readonly proposal: number | undefined;
}

/** The thresholds that are marked on the scale, those that there are. */
export function thresholdMarks({ now, budget, proposal }: MarkValues): readonly ThresholdMark[] {
  return [
    { kind: "now" as const, label: "In force", value: now },
    ...(budget === undefined
      ? []
      : [
          {
            kind: "budget" as const,
            label: `${formatRate(budget.alertsPerDay)} a day`,
            value: budget.value,
          },
        ]),
    ...(proposal === undefined ? [] : [{ kind: "proposal" as const, label: "Proposed", value: proposal }]),
  ];
}
