/** A run of one stream's events, oldest first: a session, or a piece of an endless stream. All arrays are parallel. */
export interface Sequence {
  /** Index of each event's template within its service. */
  readonly templates: Uint16Array;
  /** Severity index of each event, 0 to 6; see severity-index.ts. */
  readonly severities: Uint8Array;
  /** ln(1 + seconds since the event before), 0 where no time is known. */
  readonly gaps: Float32Array;
  /** The model's parameter features, those of one event after those of the other; undefined: all 0. */
  readonly parameters: Float32Array | undefined;
  /** Whether the first event is its session's first, and the last its last. */
  readonly begins: boolean;
  readonly ends: boolean;
}

/** What one service teaches. The three parts share no event, and each is later than the one before. */
export interface ServiceCorpus {
  readonly name: string;
  readonly templates: readonly string[];
  readonly train: readonly Sequence[];
  /** Tells when to stop, and which of the weights on the way are kept. */
  readonly selection: readonly Sequence[];
  /** What the report is about: nothing is chosen by it. */
  readonly test: readonly Sequence[];
}

/** Unlabelled logs in the form that the trainer reads. */
export interface Corpus {
  readonly services: readonly ServiceCorpus[];
  /** Events in the sequences that are kept. */
  readonly events: number;
  /** Events that were offered; more than `events` when the corpus is a sample. */
  readonly eventsOffered: number;
  /** Events of services and templates beyond the bounds, which are left out. */
  readonly eventsLeftOut: number;
}

/** The events from `from` up to `to`; what lies beyond is not known to the piece. */
export function pieceOf(sequence: Sequence, from: number, to: number): Sequence {
  const features = sequence.parameters;
  const each = features === undefined ? 0 : features.length / sequence.templates.length;
  return {
    templates: sequence.templates.subarray(from, to),
    severities: sequence.severities.subarray(from, to),
    gaps: sequence.gaps.subarray(from, to),
    parameters: features?.subarray(from * each, to * each),
    begins: sequence.begins && from === 0,
    ends: sequence.ends && to >= sequence.templates.length,
  };
}
