/** What was said of a record, or that it was passed over. */
export type LabelDecision = "real" | "expected" | "skipped";

/** What the session needs to know of a record; the page's records have more. */
export interface Queued {
  readonly anomaly: { readonly id: string };
}

/** One step of the session, for taking it back. */
export interface LabelStep<Item extends Queued> {
  readonly item: Item;
  readonly decision: LabelDecision;
  /** For undoFeedback; undefined for a record that was passed over. */
  readonly feedbackId: string | undefined;
}

/** Labelling from when the page was opened. */
export interface LabellingSession<Item extends Queued> {
  /** The card first, then what comes next; the order does not change under the reader's eyes. */
  readonly queue: readonly Item[];
  /** Oldest first. */
  readonly steps: readonly LabelStep<Item>[];
  /** Whether the API has answered once, so that an empty queue means that there is nothing. */
  readonly isLoaded: boolean;
}

/** What can happen to a session. */
export type LabellingEvent<Item extends Queued> =
  | { readonly kind: "fetched"; readonly items: readonly Item[] }
  | { readonly kind: "decided"; readonly step: LabelStep<Item> }
  | { readonly kind: "taken-back"; readonly id: string }
  | { readonly kind: "skips-forgotten" };

/** A session that has just begun. */
export function startSession<Item extends Queued>(): LabellingSession<Item> {
  return { queue: [], steps: [], isLoaded: false };
}

/**
 * The session after an event. What is fetched goes behind what is there: without those that were decided, each record once.
 *
 * Example: queue a, b; decided a -> queue b; taken back a -> queue a, b.
 */
export function advance<Item extends Queued>(
  session: LabellingSession<Item>,
  event: LabellingEvent<Item>,
): LabellingSession<Item> {
  const { queue, steps } = session;
  switch (event.kind) {
    case "fetched": {
      const known = new Set([...queue, ...steps.map(({ item }) => item)].map(({ anomaly }) => anomaly.id));
      const fresh = event.items.filter(({ anomaly }) => !known.has(anomaly.id));
      return { queue: [...queue, ...fresh], steps, isLoaded: true };
    }
    case "decided": {
      const { id } = event.step.item.anomaly;
      return {
        ...session,
        queue: queue.filter(({ anomaly }) => anomaly.id !== id),
        steps: [...steps, event.step],
      };
    }
    case "taken-back": {
      const step = steps.findLast(({ item }) => item.anomaly.id === event.id);
      if (step === undefined) return session;
      return { ...session, queue: [step.item, ...queue], steps: steps.filter((one) => one !== step) };
    }
    case "skips-forgotten": {
      const skipped = steps.filter(({ decision }) => decision === "skipped").map(({ item }) => item);
      return {
        ...session,
        queue: [...queue, ...skipped],
        steps: steps.filter(({ decision }) => decision !== "skipped"),
      };
    }
  }
}

/** How many of each decision there are. */
export function countDecisions(steps: readonly LabelStep<Queued>[]): Readonly<Record<LabelDecision, number>> {
  const counts = { real: 0, expected: 0, skipped: 0 };
  for (const { decision } of steps) counts[decision] += 1;
  return counts;
}
