import type { Kysely, Selectable } from "kysely";
import { z } from "zod";
import { corrupt } from "../rows.ts";
import type { Tables } from "../tables.ts";
import type { ModelVersion, Promotion } from "../training.ts";
import { holdsRun, updateRun } from "./training.ts";

const ACTIVE = 1;
const modelOrigin = z.enum(["configured", "trained"]);

export async function selectModels(db: Kysely<Tables>): Promise<readonly ModelVersion[]> {
  const rows = await db
    .selectFrom("models")
    .selectAll()
    .orderBy("created_at_ms", "desc")
    .orderBy("version", "desc")
    .execute();
  return rows.map(toModel);
}

export async function selectActiveModel(db: Kysely<Tables>): Promise<ModelVersion | undefined> {
  const row = await db.selectFrom("models").selectAll().where("is_active", "=", ACTIVE).executeTakeFirst();
  return row === undefined ? undefined : toModel(row);
}

/** Takes the place of the model that was configured before, also as what trained ones have replaced. */
export async function configureModel(db: Kysely<Tables>, version: string, atMs: number): Promise<void> {
  await db
    .updateTable("models")
    .set({ previous_version: version })
    .where("version", "<>", version)
    .where("previous_version", "in", (query) =>
      query.selectFrom("models").select("version").where("origin", "=", "configured"),
    )
    .execute();
  await db.updateTable("models").set({ is_active: null }).where("version", "<>", version).execute();
  await db.deleteFrom("models").where("version", "<>", version).where("origin", "=", "configured").execute();
  const row = { origin: "configured", is_active: ACTIVE, activated_at_ms: atMs, problem: null };
  await db
    .insertInto("models")
    .values({ version, previous_version: null, training_run_id: null, created_at_ms: atMs, ...row })
    .onConflict((conflict) => conflict.column("version").doUpdateSet({ ...row, previous_version: null }))
    .execute();
}

/** @returns false, with nothing changed, when the run's weights are no longer the active ones, or another one carries it out */
export async function promoteModel(
  db: Kysely<Tables>,
  { version, run, holder }: Promotion,
  atMs: number,
): Promise<boolean> {
  if (holder !== undefined && !(await holdsRun(db, run.id, holder))) return false;
  const previous = run.modelBefore ?? "";
  const { numUpdatedRows } = await db
    .updateTable("models")
    .set({ is_active: null })
    .where("version", "=", previous)
    .where("is_active", "=", ACTIVE)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return false;
  await db
    .insertInto("models")
    .values({
      version,
      origin: "trained",
      previous_version: previous,
      training_run_id: run.id,
      created_at_ms: atMs,
      activated_at_ms: atMs,
      is_active: ACTIVE,
      problem: null,
    })
    .execute();
  await updateRun(db, run);
  return true;
}

/** Brings back what the active weights, `from` where it is given, replaced; undefined when they replaced nothing or are others. */
export async function rollbackModel(
  db: Kysely<Tables>,
  atMs: number,
  from?: string,
): Promise<ModelVersion | undefined> {
  const given = await db
    .updateTable("models")
    .set({ is_active: null })
    .where("is_active", "=", ACTIVE)
    .where("previous_version", "is not", null)
    .$if(from !== undefined, (query) => query.where("version", "=", from ?? ""))
    .returning(["version", "previous_version"])
    .executeTakeFirst();
  if (given === undefined) return undefined;
  await db
    .updateTable("training_runs")
    .set({ state: "ROLLED_BACK" })
    .where("model_after", "=", given.version)
    .where("state", "=", "PROMOTED")
    .execute();
  return activate(db, given.previous_version ?? "", atMs);
}

export async function replaceUnusableModel(
  db: Kysely<Tables>,
  unusable: { readonly version: string; readonly problem: string },
  instead: string,
  atMs: number,
): Promise<void> {
  await db
    .updateTable("models")
    .set({ problem: unusable.problem, is_active: null })
    .where("version", "=", unusable.version)
    .execute();
  await activate(db, instead, atMs);
}

export async function noteModelProblem(
  db: Kysely<Tables>,
  version: string,
  problem: string | undefined,
): Promise<void> {
  await db
    .updateTable("models")
    .set({ problem: problem ?? null })
    .where("version", "=", version)
    .execute();
}

/** @returns false, with nothing changed, when the weights are in use */
export async function forgetModel(db: Kysely<Tables>, version: string, instead: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("models")
    .where("version", "=", version)
    .where("is_active", "is", null)
    .executeTakeFirstOrThrow();
  if (numDeletedRows === 0n) return false;
  await db
    .updateTable("models")
    .set({ previous_version: instead })
    .where("previous_version", "=", version)
    .execute();
  await db.deleteFrom("model_parts").where("version", "=", version).execute();
  return true;
}

async function activate(db: Kysely<Tables>, version: string, atMs: number): Promise<ModelVersion> {
  await db.updateTable("models").set({ is_active: null }).where("is_active", "=", ACTIVE).execute();
  const row = await db
    .updateTable("models")
    .set({ is_active: ACTIVE, activated_at_ms: atMs })
    .where("version", "=", version)
    .returningAll()
    .executeTakeFirstOrThrow();
  return toModel(row);
}

function toModel(row: Selectable<Tables["models"]>): ModelVersion {
  const origin = modelOrigin.safeParse(row.origin);
  if (!origin.success) throw corrupt("models.origin", origin.error);
  return {
    version: row.version,
    origin: origin.data,
    previousVersion: row.previous_version ?? undefined,
    trainingRunId: row.training_run_id ?? undefined,
    createdAtMs: row.created_at_ms,
    activatedAtMs: row.activated_at_ms ?? undefined,
    isActive: row.is_active === ACTIVE,
    problem: row.problem ?? undefined,
  };
}
