/** A detector in plain words. */
export interface DetectorWords {
  readonly name: string;
  /** What it judges by; empty for one that this page does not know. */
  readonly looksAt: string;
}

const words: Readonly<Record<string, DetectorWords>> = {
  "event-model": {
    name: "Event model",
    looksAt: "whether it fits what came before, by what the messages mean",
  },
  "pretrained-model": { name: "Language model", looksAt: "the text of the message, by the configured model" },
  "new-template": { name: "New message", looksAt: "whether the service has ever written such a message" },
  ngram: { name: "Order of events", looksAt: "how it follows the two events before it" },
  "count-vector": {
    name: "Counts in the session",
    looksAt: "how often each message came, against the nearest known session",
  },
  length: { name: "Length of the session", looksAt: "how many events the session had" },
  rate: { name: "Rate", looksAt: "how often the message comes, and whether it has stopped" },
  gap: { name: "Pause", looksAt: "the time since the event before" },
  "order-change": {
    name: "Changed order",
    looksAt: "whether requests have come in another order several times within minutes",
  },
  parameter: { name: "Values", looksAt: "the numbers and values in the message" },
};

/** What a detector is called, and what it looks at. Example: "gap" -> { name: "Pause", looksAt: "the time since the event before" } */
export function detectorWords(detector: string): DetectorWords {
  return words[detector] ?? { name: detector, looksAt: "" };
}

/** Detectors that judge how an event follows the others of its stream. */
const ofSequences: ReadonlySet<string> = new Set([
  "event-model",
  "ngram",
  "count-vector",
  "length",
  "order-change",
]);

/** Whether what made most of the score is the sequence: then that is what to look at first. False where nothing is known. */
export function isLedBySequence(
  detectors: readonly { readonly detector: string; readonly share: number }[],
): boolean {
  const [first, ...others] = detectors;
  if (first === undefined) return false;
  const lead = others.reduce((so, one) => (one.share > so.share ? one : so), first);
  return ofSequences.has(lead.detector);
}
