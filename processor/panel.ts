import type { Detector } from "./detect/detector.ts";
import { ModelBusyError } from "./detect/event-scorer.ts";
import type { DetectorName } from "./detect/evidence.ts";
import type { Opinions } from "./detect/opinions.ts";
import type { Places } from "./detect/places.ts";
import { type Asked, type Breaker, createBreaker } from "./flow/breaker.ts";

/** What the detectors say of some windows. */
export interface PanelAnswer {
  /** Undefined when no detector answered. */
  readonly opinions: readonly Opinions[] | undefined;
  /** Who did not answer, and why. */
  readonly absent: ReadonlyMap<DetectorName, unknown>;
}

/** The asking about one request. */
export interface Sitting {
  /** Asks every detector about some of the request's windows. Whatever it does at once, it has done when this returns; it never rejects. */
  ask(places: Places): Promise<PanelAnswer>;
  /** All answers are there, or not waited for any more. */
  close(): void;
}

/** All detectors together. One that is late, busy or broken is left out; one that was late or broken for several requests in a
 * row is not asked for a while. */
export interface Panel {
  /** @param deadline the end of the request's scoring budget: nobody is waited for any longer */
  open(deadline: AbortSignal): Sitting;
}

/** A detector that is not asked, because it failed too often. */
class PausedDetectorError extends Error {
  override readonly name = "PausedDetectorError";
  constructor() {
    super("it was late or broken for several requests in a row, and is not asked for a while");
  }
}

export function createPanel(
  detectors: readonly Detector[],
  breakerOf: () => Breaker = () => createBreaker(),
): Panel {
  const seats = detectors.map((detector) => ({ detector, breaker: breakerOf() }));
  return {
    open(deadline) {
      const late = rejection(deadline);
      const members = seats.map((seat) => sit(seat, deadline, late));
      return {
        async ask(places) {
          const answers = await Promise.all(members.map(async (member) => member.ask(places)));
          return answerOf(answers, detectors);
        },
        close: () => {
          for (const member of members) member.close();
        },
      };
    },
  };
}

type MemberAnswer = { readonly opinions: Opinions } | { readonly cause: unknown };

function sit(
  { detector, breaker }: { readonly detector: Detector; readonly breaker: Breaker },
  deadline: AbortSignal,
  late: Promise<never>,
) {
  let isAdmitted: boolean | undefined;
  let asked: Asked = "busy";
  return {
    async ask(places: Places): Promise<MemberAnswer> {
      isAdmitted ??= breaker.admits();
      if (!isAdmitted) return { cause: new PausedDetectorError() };
      try {
        const opinions = await Promise.race([detector.score(places, deadline), late]);
        asked = "answered";
        return { opinions };
      } catch (cause) {
        if (asked === "busy" && !(cause instanceof ModelBusyError)) asked = "failed";
        return { cause };
      }
    },
    close() {
      if (isAdmitted) breaker.tell(asked);
    },
  };
}

function answerOf(answers: readonly MemberAnswer[], detectors: readonly Detector[]): PanelAnswer {
  const absent = new Map<DetectorName, unknown>();
  for (const [index, answer] of answers.entries()) {
    const name = detectors[index]?.name;
    if ("cause" in answer && name !== undefined) absent.set(name, answer.cause);
  }
  const opinions = answers.flatMap((answer) => ("opinions" in answer ? [answer.opinions] : []));
  return { opinions: absent.size === detectors.length ? undefined : opinions, absent };
}

/** Rejects when the signal aborts, also when nobody listens: a detector may ignore its signal. */
function rejection(signal: AbortSignal): Promise<never> {
  const late = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  late.catch(() => undefined);
  return late;
}
