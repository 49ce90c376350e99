/** What a Hugging Face model reads of one event: texts of templates, the judged event's last. */
export interface WindowText {
  /** Oldest first. */
  readonly context: readonly string[];
  readonly judged: string;
}

/** How much one word of a text counted. */
export interface TokenWeight {
  readonly token: string;
  /** 0 to 1; the weights of one text add up to 1, or are all 0. */
  readonly importance: number;
  /** Offsets into the text, in UTF-16 code units, end exclusive. */
  readonly start: number;
  readonly end: number;
}

/** What the model says of one event. */
export interface TextScore {
  /** In nats. Classifier: -ln(1 - probability); masked language model: ln of the judged text's pseudo-perplexity.
   * Not finite where the graph gave no number. */
  readonly surprise: number;
  /** Probability of the anomaly label; only a classifier has it. */
  readonly probability?: number;
  /** Words of the judged text; absent where nobody has asked for them. */
  readonly tokens?: readonly TokenWeight[];
}

/** A model that judges texts. It runs on a thread of its own. */
export interface PretrainedScorer {
  readonly kind: PretrainedKind;
  /** Name of the weights, for every verdict that they give. */
  readonly version: string;
  /** Events before the judged one that it is shown. */
  readonly contextEvents: number;
  /** One score a text, in their order. Rejects when the model fails or is overloaded, or the signal aborts. */
  score(texts: readonly WindowText[], signal: AbortSignal): Promise<readonly TextScore[]>;
  /** The same with `tokens`, which may cost as many runs as the judged text has words. */
  explain(texts: readonly WindowText[], signal: AbortSignal): Promise<readonly TextScore[]>;
}

export type PretrainedKind = "classifier" | "masked-language-model";
