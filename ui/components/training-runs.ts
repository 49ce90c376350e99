import { formatShare } from "../format/count.ts";
import type { Tone } from "../ui/Badge.tsx";
import type { TrainingRunData } from "./training-query.ts";

/** How a run ended, or how far it is. */
export type TrainingState = TrainingRunData["state"];

/** A state as a word and as a sentence. */
export interface StateWords {
  readonly tone: Tone;
  readonly word: string;
  readonly sentence: string;
}

const states: Readonly<Record<TrainingState, StateWords>> = {
  QUEUED: { tone: "accent", word: "Waiting", sentence: "The stage begins within about a second." },
  RUNNING: { tone: "accent", word: "Training", sentence: "The weights in use judge meanwhile." },
  PROMOTED: {
    tone: "ok",
    word: "Promoted",
    sentence: "Better than the weights before: the new weights were put in use.",
  },
  REJECTED: {
    tone: "muted",
    word: "Not used",
    sentence: "The weights in use stayed.",
  },
  FAILED: { tone: "danger", word: "Failed", sentence: "It made no weights: those in use stayed." },
  ROLLED_BACK: {
    tone: "warning",
    word: "Rolled back",
    sentence: "Its weights were in use, until somebody went back to the ones before.",
  },
};

/** A state in words. */
export function stateWords(state: TrainingState): StateWords {
  return states[state];
}

/** Whether a run is still to end. */
export function isOpen({ state }: Pick<TrainingRunData, "state">): boolean {
  return state === "QUEUED" || state === "RUNNING";
}

/** Runs as they are known, with the newest word on each; newest first (their ids sort by time). */
export function mergeRuns<Run extends { readonly id: string }>(
  known: readonly Run[],
  fresh: readonly Run[],
): readonly Run[] {
  const byId = new Map([...known, ...fresh].map((run) => [run.id, run]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
}

/**
 * How a loss has changed. Example: (2, 1.8) -> "10 % lower"; (2, 2.1) -> "5 % higher"; (2, 2) -> "unchanged"
 */
export function lossChange(before: number, after: number): string {
  if (before === after || before === 0) return "unchanged";
  const share = Math.abs(after - before) / before;
  return `${formatShare(share)} ${after < before ? "lower" : "higher"}`;
}
