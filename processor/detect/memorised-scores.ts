import { LRUCache } from "lru-cache";
import type { Choice } from "./choice.ts";
import { createContextHashes } from "./context-hashes.ts";
import type { AnswerSurprises, EventScorer, MaskedRow } from "./event-scorer.ts";
import type { Expectation } from "./evidence.ts";
import { contextOf, maskedRow, type ReadWindow } from "./masked-row.ts";
import { mostExpected } from "./most-expected.ts";
import { createSharedSignal, type SharedSignal } from "./shared-signal.ts";

/** What the model expects at a place. */
export interface Prediction {
  readonly surprises: AnswerSurprises;
  /** The three most probable, most probable first. */
  readonly expected: readonly Expectation[];
}

/** A place of a window under one choice, by which a prediction is remembered. */
export interface RememberedPlace {
  readonly window: ReadWindow;
  /** The masked event; `ids.length` for the session's end. */
  readonly event: number;
  /** Of what the model is shown of it, the choice and the weights. */
  readonly hash: number;
}

/** Predictions of the model, each asked for once as long as it is in use; those of other weights do not count. */
export interface MemorisedScores {
  /** Hashes of the window's places from `from` to `end` (exclusive), for the weights in use. */
  hashes(choice: Choice, window: ReadWindow, from: number, end: number): Float64Array;
  /** What was predicted of this place before. */
  recall(choice: Choice, place: RememberedPlace): Prediction | undefined;
  /** Whether the model is being asked about this place right now, under a choice whose answers are remembered. */
  isAsked(place: RememberedPlace): boolean;
  /** Runs the model for these places, one prediction each; what it is being asked already, it is not asked twice. Rejects when the
   * model does, or refuses, whoever asked it first. */
  ask(
    choice: Choice,
    places: readonly RememberedPlace[],
    signal: AbortSignal,
  ): Promise<readonly (Prediction | undefined)[]>;
}

/** Numbers in all that is remembered, about 12 MiB: of 4 bytes in predictions, of 8 in what the model was shown. */
const NUMBERS_MAX = 2 ** 21;

interface Remembered {
  readonly prediction: Prediction;
  /** What the model was shown, and of whom. */
  readonly version: string;
  readonly revision: number;
  readonly row: MaskedRow;
}

/**
 * @param predictionsMax predictions remembered; over it the least recently used one is forgotten
 * @param shownMax most events that the weights in use are shown of a window, the masked one included
 */
export function createMemorisedScores(
  scorer: EventScorer,
  predictionsMax: number,
  shownMax: () => number,
): MemorisedScores {
  const memory = new LRUCache<number, Remembered>({
    max: predictionsMax,
    maxSize: NUMBERS_MAX,
    sizeCalculation: ({ prediction, row }) => prediction.surprises.length + 2 * row.ids.length,
  });
  const hashesOf = createContextHashes();
  const seeds = createSeeds();

  const asking = createQuestionsUnderWay();

  const run = async (
    choice: Choice,
    places: readonly RememberedPlace[],
    signal: AbortSignal,
  ): Promise<readonly (Prediction | undefined)[]> => {
    if (places.length === 0) return [];
    const { version } = scorer;
    const eventsMax = shownMax();
    const { revision } = choice;
    const rows = places.map(({ window, event }) => maskedRow(window, event, eventsMax));
    const table = choice.table();
    // A text whose vector is not there is given zeros for once.
    const isKept = revision !== undefined && choice.textsForTable().length === 0;
    const answers = await scorer.score({ table, rows }, signal);
    return places.map(({ hash }, at) => {
      const [surprises, row] = [answers[at], rows[at]];
      if (surprises === undefined || row === undefined) return undefined;
      const prediction = { surprises, expected: expectedOf(surprises, choice) };
      if (isKept) memory.set(hash, { prediction, version, revision, row });
      return prediction;
    });
  };

  return {
    hashes({ revision }, window, from, end) {
      const seed = (revision ?? 0) + seeds(scorer.version);
      return hashesOf(window, from, end, { eventsMax: shownMax(), seed });
    },
    recall({ revision }, { window, event, hash }) {
      if (revision === undefined) return undefined;
      const known = memory.get(hash);
      return known?.version === scorer.version &&
        known.revision === revision &&
        isShown(known.row, window, event, shownMax())
        ? known.prediction
        : undefined;
    },
    isAsked: ({ hash }) => asking.has(hash),
    async ask(choice, places, signal) {
      if (choice.revision === undefined) return run(choice, places, signal);
      const asker = createSharedSignal();
      const leave = [asker.join(signal)];
      const waited = places.map(({ hash }) => asking.wait(hash, (other) => leave.push(other.join(signal))));
      const unasked = places.filter((_, at) => waited[at] === undefined);
      const answers = run(choice, unasked, asker.signal);
      asking.announce(unasked, { answers, asker });
      try {
        const [own, others] = await Promise.all([answers, Promise.all(waited)]);
        const next = own.values();
        return others.map((other, at) => (waited[at] === undefined ? next.next().value : other));
      } finally {
        // When one answer does not come, nobody waits here for the others.
        for (const one of leave) one();
      }
    },
  };
}

/** What the model is working on for somebody. */
interface UnderWay {
  readonly answers: Promise<readonly (Prediction | undefined)[]>;
  readonly asker: SharedSignal;
}

/** Questions that the model is working on, by hash. Whoever waits for one keeps it from being given up. */
function createQuestionsUnderWay() {
  const questions = new Map<number, { readonly underWay: UnderWay; readonly at: number }>();
  return {
    has: (hash: number) => questions.has(hash),
    /** Undefined where nobody asks, or everybody has just given up. */
    wait(hash: number, join: (asker: SharedSignal) => void): Promise<Prediction | undefined> | undefined {
      const question = questions.get(hash);
      if (question === undefined || question.underWay.asker.signal.aborted) return undefined;
      const { underWay, at } = question;
      join(underWay.asker);
      return underWay.answers.then((predictions) => predictions[at]);
    },
    /** @param underWay one answer a place */
    announce(places: readonly RememberedPlace[], underWay: UnderWay) {
      for (const [at, { hash }] of places.entries()) questions.set(hash, { underWay, at });
      const end = () => {
        for (const { hash } of places) if (questions.get(hash)?.underWay === underWay) questions.delete(hash);
        underWay.asker.end();
      };
      // Who asked hears of a failure.
      underWay.answers.then(end, end);
    },
  };
}

/** A number for each of the last few versions, far from those of others. */
function createSeeds(): (version: string) => number {
  const seeds = new LRUCache<string, number>({
    max: 8,
    memoMethod: () => Math.floor(Math.random() * 2 ** 52),
  });
  return (version) => seeds.memo(version);
}

/** Whether this row is what the model would be shown. */
function isShown(row: MaskedRow, window: ReadWindow, event: number, eventsMax: number): boolean {
  const { from, begins } = contextOf(window, event, eventsMax);
  if (row.begins !== begins || row.ids.length !== event - from) return false;
  for (let i = from; i < event; i += 1)
    if (row.ids[i - from] !== window.ids[i] || row.codes[i - from] !== window.codes[i]) return false;
  return true;
}

function expectedOf(surprises: AnswerSurprises, { textAt }: Choice): readonly Expectation[] {
  return mostExpected(surprises).map(({ answer, probability }) => ({
    template: textAt(answer),
    probability,
  }));
}
