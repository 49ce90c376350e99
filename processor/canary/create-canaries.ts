import type { CanaryStatus, ServiceRecall } from "../../store/store.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import { type CanarySequence, windowOf } from "./canary.ts";
import { afterMissed, afterRun, type CanaryHealth } from "./canary-health.ts";
import { deriveOdd, normalOrder, ODD_KINDS, type OddKind } from "./derive-odd.ts";
import { type CanaryAnswer, type CanaryAnswers, grade } from "./grade.ts";
import { createNormalSequences, type NormalSequences } from "./normal-sequences.ts";
import { SHIPPED_SEQUENCES, SHIPPED_SERVICE } from "./shipped-sequences.ts";
import { createUsualRecall } from "./usual-recall.ts";

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
  /** Share of what is usually found that must be found, 0 to 1. */
  readonly minRecall: number;
  /** What is told before the first run. */
  readonly before: CanaryHealth;
  /** What was usually found before a restart with the same weights; undefined: nothing is known of that. */
  readonly usualBefore?: readonly ServiceRecall[] | undefined;
  /** Told whenever the detector works, no longer works, or is not known to work any more. */
  readonly onChanged: (status: CanaryStatus) => void;
  /** 0 to 1 (exclusive). */
  readonly random: () => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Tries the live detector on sequences of which is known what it should say. */
export interface Canaries extends Pick<NormalSequences, "record"> {
  /** Of services of which enough is known, their own sequences; while there is none that also wrote enough, or none to which anything
   * is odd, those that are shipped. */
  run(): Promise<void>;
  status(): CanaryStatus;
}

export function createCanaries(ports: CanaryPorts): Canaries {
  const { random } = ports;
  const sequences = createNormalSequences(random);
  const usual = createUsualRecall(SHIPPED_SERVICE, ports.usualBefore);
  let health = ports.before;
  let runs = 0;

  const tell = (after: CanaryHealth) => {
    const hasChanged = after.status.state !== health.status.state;
    health = after;
    if (hasChanged) ports.onChanged(after.status);
  };
  /** Undefined where the detector had no time. */
  const askAbout = async (
    known: readonly CanarySequence[],
    hasVerdicts: boolean,
  ): Promise<CanaryAnswers | undefined> => {
    const order = normalOrder(known);
    const normal = known.slice(-NORMAL_MAX);
    const odd = normal
      .filter((_, at) => at % 2 === 0)
      .map((sequence, at) => deriveOdd(order.isPredictable ? kindAt(at) : "foreign", sequence, order, random))
      .filter((sequence) => sequence !== undefined);
    const alone = await ports.ask(normal.map(windowOf));
    // With a foreign message in the choice nothing is answered from memory (see detect/choice.ts).
    const together = await ports.ask([...normal, ...odd].map(windowOf));
    if (alone === undefined || together === undefined) return undefined;
    const [beside, others] = [together.slice(0, normal.length), together.slice(normal.length)];
    return { normal: alone, beside, odd: others, hasVerdicts, isPredictable: order.isPredictable };
  };

  const askServices = async (services: readonly string[]): Promise<readonly Tried[]> => {
    const tried: Tried[] = [];
    for (const service of inTurn(services.toSorted(), runs * SERVICES_A_RUN, SERVICES_A_RUN)) {
      const answers = await askAbout(sequences.of(service), true);
      if (answers !== undefined) tried.push({ service, answers });
    }
    return tried;
  };

  const askAll = async (): Promise<readonly Tried[]> => {
    const ready = ports.readyServices();
    const services = sequences.services().filter((service) => ready.has(service));
    const tried = await askServices(services);
    const hadNoTime = services.length > 0 && tried.length === 0;
    if (hadNoTime || tried.some(({ answers }) => answers.odd.length > 0)) return tried;
    const answers = await askAbout(SHIPPED_SEQUENCES, false);
    return answers === undefined ? [] : [{ service: SHIPPED_SERVICE, answers }];
  };

  return {
    record: sequences.record,
    async run() {
      const tried = await askAll();
      runs += 1;
      if (tried.length === 0) return tell(afterMissed(health));
      const graded = tried.map(({ service, answers }) => ({ service, ...grade([answers]) }));
      const required = usual.required(graded, ports.minRecall);
      tell(afterRun(health, grade(tried.map(({ answers }) => answers)), required, ports.now()));
      if (health.badRuns === 0 && health.status.state === "well") usual.learn(graded);
    },
    status: () => ({ ...health.status, usual: usual.snapshot() }),
  };
}

/** What the detector said of one service's sequences. */
interface Tried {
  readonly service: string;
  readonly answers: CanaryAnswers;
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
