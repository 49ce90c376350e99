import type { SequenceWindow } from "../window/sequence-window.ts";
import type { DetectorName, Evidence } from "./evidence.ts";
import type { Opinions } from "./opinions.ts";
import type { Places } from "./places.ts";

/** Something that did not come: a window that ends with what came last, and the evidence at its end. */
export interface Absence {
  readonly window: SequenceWindow;
  /** On the window's end. */
  readonly evidence: Evidence;
}

/**
 * One way of being surprised; a new detector is one file that implements this.
 *
 * `score` reads and `learn` writes: a request teaches once, after the next hop has acknowledged it,
 * so that a retried request is not counted twice.
 */
export interface Detector {
  readonly name: DetectorName;
  /** What it says of the fresh events of each window, and of the end of each closed one, where it can tell.
   * The windows of one request, or of small ones that are scored together, may come in several calls, which then share their
   * signal, and only they; the next call may come before the last one's answer.
   * May reject or ignore its signal; the pipeline races it against the scoring budget. */
  score(places: Places, signal: AbortSignal): Promise<Opinions>;
  /**
   * Takes the fresh events of acknowledged windows into the detector's statistics.
   * @param oddEnds windows that end a session which was odd as a whole: no example of a usual one
   */
  learn(windows: readonly SequenceWindow[], oddEnds?: ReadonlySet<SequenceWindow>): void;
  /** What has been missing by `nowMs` (wall clock, milliseconds since the epoch), each absence told once; called about once
   * a second, also while nothing arrives. */
  watch?(nowMs: number): readonly Absence[];
  /** JSON-serialisable state, its long lists as StateList: of one service, or of all where none is named. */
  snapshot(service?: string): unknown;
  /** Takes back what `snapshot` gave, in the place of what is known of its services; throws a plain Error when the state is not in the
   * expected format. */
  restore(state: unknown): void;
  /** Forgets all that it knows of a service. */
  forget(service: string): void;
  /** What these windows, once learned, will have taught for the first time, where forgetting it would be told as a novelty once
   * more; JSON. Asked before they are learned. */
  news?(windows: readonly SequenceWindow[]): readonly unknown[];
  /** Takes back what `news` gave, known or not; throws a plain Error when it is not in the expected format. */
  recall?(news: unknown): void;
}
