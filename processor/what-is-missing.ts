import { saidOfAbsence } from "./detect/absence.ts";
import type { Stages } from "./pipeline.ts";
import { askDetectors, judgeAnswers } from "./scoring.ts";
import { teach } from "./teaching.ts";

/**
 * Judges what is missing. Its findings have no record to travel on: they go to the store alone.
 * @param now the wall clock, read when it has its turn: what came before that is not missing
 */
export async function processAbsences(now: () => number, stages: Stages): Promise<void> {
  await stages.lane.inTurn(() => judgeAbsences(now(), stages));
}

/** Judges the sessions that fell silent. Their last records have gone on: these findings go to the store alone, too. */
export async function processIdle(nowMs: number, stages: Stages): Promise<void> {
  const [asked] = await stages.lane.inTurn(async () => {
    const windows = stages.windower.closeIdle(nowMs).filter(({ service }) => !stages.hasMoved(service));
    return windows.length === 0 ? [] : askDetectors([{ parsed: [], windows, repeated: 0 }], stages);
  });
  if (asked === undefined) return;
  const startedAtMs = performance.now();
  const scored = await judgeAnswers(asked);
  stages.observer.scored(0, scored, (performance.now() - startedAtMs) / 1000);
  stages.thinner?.thinning.fellSilent(scored.judged.findings);
  await teach({ request: undefined, slices: scored.slices }, stages);
}

/** What did not come has one piece of evidence and no events: only the calibration learns from it. */
async function judgeAbsences(nowMs: number, stages: Stages): Promise<void> {
  const missed = stages.detectors.flatMap((detector) => detector.watch?.(nowMs) ?? []);
  if (missed.length === 0) return;
  await stages.lookElsewhere();
  const absences = missed.filter(({ window }) => !stages.isElsewhere(window.service));
  if (absences.length === 0) return;
  const findings = absences.flatMap((absence) => stages.judge.judge(...saidOfAbsence(absence)));
  // Before they are learned: an explanation tells how often the like of it came earlier.
  const anomalies = stages.name(findings);
  stages.judge.learn(findings);
  stages.remember(undefined, { parsed: [], findings, anomalies });
}
