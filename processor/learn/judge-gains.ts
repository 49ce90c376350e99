import { CLUSTERS_MIN, type Gain, type Gains } from "./gain.ts";

/** What new weights do to the services that they learned from, and to others that are judged by them too. */
export interface Comparison {
  readonly learned: Gains;
  readonly others?: Gains | undefined;
}

/** Held-out events below which no weights are called better. */
export const QUESTIONS_MIN = 200;
/** A gain or a loss counts beyond so many standard errors. */
const ERRORS = 2;
/** One service among many is worse by chance more easily than all of them together. */
const ERRORS_OF_ONE = 3;

/**
 * Why new weights should not replace the old ones, with the figures, as the end of a sentence; undefined: they should. They
 * must be better on what they learned from by more than chance, and must not make any service worse by more than chance.
 */
export function objectionTo({ learned, others }: Comparison): string | undefined {
  const { all } = learned;
  if (all.questions < QUESTIONS_MIN || all.clusters < CLUSTERS_MIN)
    return `there are too few held-out records to tell whether the new weights are better: ${sizeOf(all)}; at least ${QUESTIONS_MIN} events from ${CLUSTERS_MIN} are needed`;
  if (!(all.mean > ERRORS * all.standardError))
    return `the new weights do not beat those that they were trained from by more than ${ERRORS} standard errors on held-out records: ${figuresOf(all)}`;
  const harmed = harmedService(learned);
  if (harmed !== undefined) return harmed;
  const harm = others && (harmedService(others) ?? harmTogether(others));
  return harm && `${harm}; a training of all services learns from those too`;
}

function harmedService({ services }: Gains): string | undefined {
  const worse = services.find(({ gain }) => isWorse(gain, ERRORS_OF_ONE));
  return (
    worse &&
    `the new weights make the service ${worse.service} worse on its held-out records: ${figuresOf(worse.gain)}`
  );
}

function harmTogether({ all }: Gains): string | undefined {
  if (all.clusters < CLUSTERS_MIN || !isWorse(all, ERRORS)) return undefined;
  return `the new weights make the services that they were not trained on worse on their held-out records: ${figuresOf(all)}`;
}

function isWorse({ mean, standardError }: Gain, errors: number): boolean {
  return !(mean >= -errors * standardError);
}

function figuresOf(gain: Gain): string {
  const error = `with a standard error of ${gain.standardError.toPrecision(3)} (${sizeOf(gain)})`;
  if (gain.mean === 0) return `the loss is the same, ${error}`;
  const direction = gain.mean > 0 ? "falls" : "rises";
  return `the loss ${direction} by ${Math.abs(gain.mean).toPrecision(3)} nats an event, ${error}`;
}

function sizeOf({ questions, clusters }: Gain): string {
  return `${questions} events from ${clusters} sequences`;
}
