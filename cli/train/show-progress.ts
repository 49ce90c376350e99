import type { TrainingProgress } from "../../processor/learn/training-report.ts";
import type { CommandIo } from "../lines/command-io.ts";
import { progressBar } from "../lines/progress-bar.ts";

/** A bar is drawn so often; without a terminal a line is written so often. */
const BAR_EVERY_MS = 200;
const LINE_EVERY_MS = 5_000;

/** Shows how far a training is: a bar on a terminal, else a line now and then. */
export function showProgress(
  io: Pick<CommandIo, "progress" | "err" | "clock">,
  isTerminal: boolean,
): (progress: TrainingProgress) => void {
  let shownMs = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const nowMs = io.clock.now();
    const isLast = progress.step === progress.steps;
    if (!isLast && nowMs - shownMs < (isTerminal ? BAR_EVERY_MS : LINE_EVERY_MS)) return;
    shownMs = nowMs;
    if (isTerminal) io.progress(`${progressBar(progress.step / progress.steps)}  ${inWords(progress)}`);
    else io.err(`Step ${progress.step} of ${progress.steps}: ${inWords(progress)}`);
  };
}

function inWords({ loss, heldOutLoss, eventsPerSecond, secondsLeft }: TrainingProgress): string {
  return [
    `loss ${loss.toFixed(3)}`,
    `held-out ${heldOutLoss.toFixed(3)}`,
    `${Math.round(eventsPerSecond)} events/s`,
    `${inMinutes(secondsLeft)} left`,
  ].join(", ");
}

/** Example: 75 gives "1 min 15 s". */
function inMinutes(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
