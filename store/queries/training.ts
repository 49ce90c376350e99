import type { Kysely, Selectable } from "kysely";
import { z } from "zod";
import { corrupt } from "../rows.ts";
import type { Page } from "../store.ts";
import type { Tables } from "../tables.ts";
import type { TrainingRequest, TrainingRun } from "../training.ts";

const OPEN = 1;
const trainingState = z.enum(["QUEUED", "RUNNING", "PROMOTED", "REJECTED", "FAILED", "ROLLED_BACK"]);

/** Queues a run unless one is open, and answers the one that is open then. */
export async function requestTraining(db: Kysely<Tables>, request: TrainingRequest): Promise<TrainingRun> {
  const run: TrainingRun = {
    ...request,
    state: "QUEUED",
    startedAtMs: undefined,
    finishedAtMs: undefined,
    progress: 0,
    loss: undefined,
    heldOutLossBefore: undefined,
    heldOutLossAfter: undefined,
    report: undefined,
    modelBefore: undefined,
    modelAfter: undefined,
    message: undefined,
  };
  await db
    .insertInto("training_runs")
    .values(runRow(run))
    .onConflict((conflict) => conflict.column("is_open").doNothing())
    .execute();
  // Closed between the two statements: then this request asked for what has just been done.
  return (await selectOpenRun(db)) ?? run;
}

export async function selectOpenRun(db: Kysely<Tables>): Promise<TrainingRun | undefined> {
  const row = await db.selectFrom("training_runs").selectAll().where("is_open", "=", OPEN).executeTakeFirst();
  return row === undefined ? undefined : toRun(row);
}

export async function selectRuns(
  db: Kysely<Tables>,
  { first, after }: Page<string>,
): Promise<readonly TrainingRun[]> {
  const rows = await db
    .selectFrom("training_runs")
    .selectAll()
    .$if(after !== undefined, (query) => query.where("id", "<", after ?? ""))
    .orderBy("id", "desc")
    .limit(first)
    .execute();
  return rows.map(toRun);
}

export async function updateRun(db: Kysely<Tables>, run: TrainingRun): Promise<void> {
  const { id, ...columns } = runRow(run);
  await db.updateTable("training_runs").set(columns).where("id", "=", id).execute();
}

function runRow(run: TrainingRun): Tables["training_runs"] {
  return {
    id: run.id,
    service: run.service ?? null,
    state: run.state,
    is_open: run.state === "QUEUED" || run.state === "RUNNING" ? OPEN : null,
    created_at_ms: run.createdAtMs,
    started_at_ms: run.startedAtMs ?? null,
    finished_at_ms: run.finishedAtMs ?? null,
    progress: run.progress,
    loss: run.loss ?? null,
    held_out_loss_before: run.heldOutLossBefore ?? null,
    held_out_loss_after: run.heldOutLossAfter ?? null,
    report: run.report ?? null,
    model_before: run.modelBefore ?? null,
    model_after: run.modelAfter ?? null,
    message: run.message ?? null,
  };
}

function toRun(row: Selectable<Tables["training_runs"]>): TrainingRun {
  const state = trainingState.safeParse(row.state);
  if (!state.success) throw corrupt("training_runs.state", state.error);
  return {
    id: row.id,
    service: row.service ?? undefined,
    state: state.data,
    createdAtMs: row.created_at_ms,
    startedAtMs: row.started_at_ms ?? undefined,
    finishedAtMs: row.finished_at_ms ?? undefined,
    progress: row.progress,
    loss: row.loss ?? undefined,
    heldOutLossBefore: row.held_out_loss_before ?? undefined,
    heldOutLossAfter: row.held_out_loss_after ?? undefined,
    report: row.report ?? undefined,
    modelBefore: row.model_before ?? undefined,
    modelAfter: row.model_after ?? undefined,
    message: row.message ?? undefined,
  };
}
