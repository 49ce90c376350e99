import type { TrainingProgress } from "../../processor/learn/training-report.ts";
import type { CommandIo } from "../lines/command-io.ts";

/** A line is written so often. */
const LINE_EVERY_MS = 500;

/** Tells how far a training is to a program, a JSON object a line: `{"progress":0.25,"loss":2.1,"secondsLeft":30}`. */
export function tellProgress(io: Pick<CommandIo, "err" | "clock">): (progress: TrainingProgress) => void {
  let toldMs = Number.NEGATIVE_INFINITY;
  return ({ step, steps, loss, secondsLeft }) => {
    const nowMs = io.clock.now();
    if (step !== steps && nowMs - toldMs < LINE_EVERY_MS) return;
    toldMs = nowMs;
    const secondsWhole = Number.isFinite(secondsLeft) ? Math.ceil(secondsLeft) : undefined;
    io.err(
      JSON.stringify({
        progress: step / steps,
        loss: Number.isFinite(loss) ? loss : undefined,
        secondsLeft: secondsWhole,
      }),
    );
  };
}
