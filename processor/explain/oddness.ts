import type { Expectation, OddNumber, OddValue, Order, Past } from "../detect/evidence.ts";

/** An event in its place in a sequence. */
interface Placed {
  readonly template: string;
  /** undefined: nothing is known to be before it. */
  readonly after: string | undefined;
}

/** What one event was like: one case a kind of oddness. Texts are redacted templates. */
export type Oddness =
  | {
      readonly kind: "never-seen";
      readonly template: string;
      readonly service: string;
      /** Such as "ERROR"; undefined where none was given. */
      readonly severity: string | undefined;
      readonly expected: readonly Expectation[];
      readonly past: Past | undefined;
    }
  | (Placed & {
      readonly kind: "out-of-order";
      readonly expected: readonly Expectation[];
      readonly order: Order | undefined;
    })
  /** Not once: the order of requests has changed. */
  | (Placed & {
      readonly kind: "order-change";
      readonly times: number;
      readonly spanMs: number;
      readonly expected: readonly Expectation[];
    })
  /** What usually stands between the two did not come. */
  | (Placed & { readonly kind: "skipped"; readonly skipped: string })
  | (Placed & {
      readonly kind: "classified";
      /** Of an anomaly, as the classifier says. */
      readonly probability: number;
      /** What counted most, strongest first. */
      readonly words: readonly string[];
    })
  | {
      readonly kind: "ended-early";
      readonly after: string | undefined;
      readonly expected: readonly Expectation[];
      readonly order: Order | undefined;
    }
  | MeasuredOddness;

/** What was odd is a number here, not a place in the sequence. */
export type MeasuredOddness =
  | { readonly kind: "count"; readonly template: string; readonly count: number; readonly usual: number }
  | {
      readonly kind: "length";
      readonly events: number;
      readonly usual: number;
      readonly usualMin: number;
      readonly usualMax: number;
    }
  | {
      readonly kind: "rate";
      readonly template: string;
      readonly count: number;
      readonly usual: number;
      readonly spanMs: number;
    }
  | {
      readonly kind: "silence";
      /** undefined: nothing at all of the service. */
      readonly template: string | undefined;
      readonly service: string;
      /** Nothing came of any service either. */
      readonly isTotal: boolean;
      readonly silentMs: number;
      readonly usualMs: number;
      readonly sinceMs: number;
    }
  | (Placed & { readonly kind: "gap"; readonly gapMs: number; readonly usualMs: number })
  | ({
      readonly kind: "parameter";
      readonly template: string;
      /** As it is called in a sentence, see parameter-name.ts. */
      readonly name: string;
      readonly seen: number;
    } & (OddNumber | OddValue));
