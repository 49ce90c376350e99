import type { Kysely, Selectable } from "kysely";
import { z } from "zod";
import { corrupt } from "../rows.ts";
import type { Page } from "../store.ts";
import type { Tables } from "../tables.ts";
import type { TrainingClaim, TrainingRequest, TrainingRun, TrainingTurn } from "../training.ts";

const OPEN = 1;
/** So often a run is begun anew because whoever carried it out is gone: it may be the run that ends them. */
const TAKEOVERS_MAX = 1;
const GONE =
  "the stages that carried it out were ended while it ran, twice: look whether their memory is enough (a training takes about 600 MB), and ask for another training";
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
    .values({ ...runRow(run), holder: null })
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

/** @returns false, with nothing changed, where a holder is given who does not carry it out */
export async function updateRun(db: Kysely<Tables>, run: TrainingRun, holder?: string): Promise<boolean> {
  const { id, ...columns } = runRow(run);
  const { numUpdatedRows } = await db
    .updateTable("training_runs")
    .set((row) => ({ ...columns, revision: row("revision", "+", 1) }))
    .where("id", "=", id)
    .$if(holder !== undefined, (query) =>
      query.where("holder", "=", holder ?? "").where("state", "=", "RUNNING"),
    )
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

export async function selectTurn(db: Kysely<Tables>): Promise<TrainingTurn | undefined> {
  const row = await db
    .selectFrom("training_runs")
    .select(["state", "revision"])
    .where("is_open", "=", OPEN)
    .executeTakeFirst();
  return row === undefined ? undefined : { isQueued: row.state === "QUEUED", revision: row.revision };
}

/** Called within a transaction. */
export async function claimRun(
  db: Kysely<Tables>,
  { holder, deadRevision }: TrainingClaim,
  atMs: number,
): Promise<TrainingRun | undefined> {
  const begun = { state: "RUNNING", holder, started_at_ms: atMs };
  const queued = await db
    .updateTable("training_runs")
    .set((row) => ({ ...begun, revision: row("revision", "+", 1) }))
    .where("is_open", "=", OPEN)
    .where("state", "=", "QUEUED")
    .returningAll()
    .executeTakeFirst();
  if (queued !== undefined) return toRun(queued);
  if (deadRevision === undefined) return undefined;
  const taken = await db
    .updateTable("training_runs")
    .set((row) => ({
      ...begun,
      ...UNBEGUN,
      takeovers: row("takeovers", "+", 1),
      revision: row("revision", "+", 1),
    }))
    .where("is_open", "=", OPEN)
    .where("revision", "=", deadRevision)
    .where("takeovers", "<", TAKEOVERS_MAX)
    .returningAll()
    .executeTakeFirst();
  if (taken !== undefined) return toRun(taken);
  await db
    .updateTable("training_runs")
    .set({ state: "FAILED", is_open: null, finished_at_ms: atMs, message: GONE })
    .where("is_open", "=", OPEN)
    .where("revision", "=", deadRevision)
    .execute();
  return undefined;
}

/** Whether the holder carries the run out. A write: whoever else takes it over waits for the transaction's end. */
export async function holdsRun(db: Kysely<Tables>, id: string, holder: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("training_runs")
    .set({ holder })
    .where("id", "=", id)
    .where("holder", "=", holder)
    .where("state", "=", "RUNNING")
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** What a run has before it has come to anything. */
const UNBEGUN = {
  progress: 0,
  loss: null,
  held_out_loss_before: null,
  held_out_loss_after: null,
  report: null,
  model_before: null,
  model_after: null,
};

export async function returnRun(db: Kysely<Tables>, id: string, holder: string): Promise<void> {
  await db
    .updateTable("training_runs")
    .set((row) => ({
      ...UNBEGUN,
      state: "QUEUED",
      holder: null,
      started_at_ms: null,
      revision: row("revision", "+", 1),
    }))
    .where("id", "=", id)
    .where("holder", "=", holder)
    .where("state", "=", "RUNNING")
    .execute();
}

type RunColumns = Omit<Selectable<Tables["training_runs"]>, "holder" | "revision" | "takeovers">;

function runRow(run: TrainingRun): RunColumns {
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

function toRun(row: RunColumns): TrainingRun {
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
