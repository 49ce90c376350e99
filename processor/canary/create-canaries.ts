import type { CanaryStatus } from "../../store/store.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import { type CanarySequence, windowOf } from "./canary.ts";
import { afterMissed, afterRun, type CanaryHealth } from "./canary-health.ts";
import { deriveOdd, normalOrder, ODD_KINDS, type OddKind } from "./derive-odd.ts";
import { type CanaryAnswer, type CanaryAnswers, grade } from "./grade.ts";
import { createNormalSequences, type NormalSequences } from "./normal-sequences.ts";
import { SHIPPED_SEQUENCES } from "./shipped-sequences.ts";

/** Services of one run; the next one takes others. */
const SERVICES_A_RUN = 4;
/** Normal sequences of a service in one run; half of them are made odd, too. */
const NORMAL_MAX = 32;
/** Sequences that the detector is asked about at once, at most. */
export const ASKED_MAX = NORMAL_MAX + NORMAL_MAX / 2;

/** What canaries are handed. */
export interface CanaryPorts {
  /** The live detector's answers, one a window; undefined when it had no time. Teaches it nothing, counts nothing, and never
   * rejects for its sake. */
  readonly ask: (windows: readonly SequenceWindow[]) => Promise<readonly CanaryAnswer[] | undefined>;
  /** Services of which enough is known for verdicts. */
  readonly readyServices: () => ReadonlySet<string>;
  readonly minRecall: number;
  /** What is told before the first run. */
  readonly before: CanaryHealth;
  /** Told whenever the detector works, no longer works, or is not known to work any more. */
  readonly onChanged: (status: CanaryStatus) => void;
  /** 0 to 1 (exclusive). */
  readonly random: () => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Tries the live detector on sequences of which is known what it should say. */
export interface Canaries extends Pick<NormalSequences, "record"> {
  /** Of services of which enough is known, their own sequences; while there is none that also wrote enough, those that are shipped. */
  run(): Promise<void>;
  status(): CanaryStatus;
}

export function createCanaries(ports: CanaryPorts): Canaries {
  const { random } = ports;
  const sequences = createNormalSequences(random);
  let health = ports.before;
  let runs = 0;

  const tell = (after: CanaryHealth) => {
    const hasChanged = after.status.state !== health.status.state;
    health = after;
    if (hasChanged) ports.onChanged(after.status);
  };
  /** Nothing where the detector had no time. */
  const askAbout = async (
    known: readonly CanarySequence[],
    hasVerdicts: boolean,
  ): Promise<readonly CanaryAnswers[]> => {
    const order = normalOrder(known);
    const normal = known.slice(-NORMAL_MAX);
    const odd = normal
      .filter((_, at) => at % 2 === 0)
      .map((sequence, at) => deriveOdd(order.isPredictable ? kindAt(at) : "foreign", sequence, order, random))
      .filter((sequence) => sequence !== undefined);
    const alone = await ports.ask(normal.map(windowOf));
    // With a foreign message in the choice nothing is answered from memory (see detect/choice.ts).
    const together = await ports.ask([...normal, ...odd].map(windowOf));
    if (alone === undefined || together === undefined) return [];
    const [beside, others] = [together.slice(0, normal.length), together.slice(normal.length)];
    return [{ normal: alone, beside, odd: others, hasVerdicts, isPredictable: order.isPredictable }];
  };

  const askServices = async (services: readonly string[]): Promise<readonly CanaryAnswers[]> => {
    const answers: CanaryAnswers[] = [];
    for (const service of inTurn(services.toSorted(), runs * SERVICES_A_RUN, SERVICES_A_RUN))
      answers.push(...(await askAbout(sequences.of(service), true)));
    return answers;
  };

  return {
    record: sequences.record,
    async run() {
      const ready = ports.readyServices();
      const tried = sequences.services().filter((service) => ready.has(service));
      const graded = grade(
        tried.length === 0 ? await askAbout(SHIPPED_SEQUENCES, false) : await askServices(tried),
      );
      runs += 1;
      tell(graded.odd === 0 ? afterMissed(health) : afterRun(health, graded, ports.minRecall, ports.now()));
    },
    status: () => health.status,
  };
}

/** In turn; the first one is foreign. */
function kindAt(at: number): OddKind {
  return ODD_KINDS[at % ODD_KINDS.length] ?? "foreign";
}

/** So many of the values, or all of them, from a place on, beginning again behind the last. */
function inTurn<T>(values: readonly T[], from: number, count: number): readonly T[] {
  const start = from % Math.max(1, values.length);
  return [...values.slice(start), ...values.slice(0, start)].slice(0, count);
}
