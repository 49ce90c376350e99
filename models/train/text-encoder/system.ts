/** One template to learn from, as corpus.py reads it. */
export interface Template {
  /** Ways in which it may be written: the template, masked bodies of its lines. The first one is the template. */
  readonly texts: readonly string[];
  /** The model's severity index, 0 where the data has no level. */
  readonly severity: number;
}

/** Templates of one system: to be told apart from each other. */
export interface System {
  readonly name: string;
  /** Systems of one group are left out together: they are the same software. */
  readonly group: string;
  readonly templates: readonly Template[];
}
