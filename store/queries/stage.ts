import type { Kysely } from "kysely";
import { fromJson, jsonColumns } from "../rows.ts";
import type { StageStatus } from "../store.ts";
import type { Tables } from "../tables.ts";

const ONLY_ROW = 1;

export async function saveStatus(db: Kysely<Tables>, status: StageStatus): Promise<void> {
  const row = { status: JSON.stringify(status) };
  await db
    .insertInto("stage_status")
    .values({ id: ONLY_ROW, ...row })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
    .execute();
}

export async function selectStatus(db: Kysely<Tables>): Promise<StageStatus | undefined> {
  const row = await db.selectFrom("stage_status").selectAll().executeTakeFirst();
  if (row === undefined) return undefined;
  const { forwardEndpoint, ...rest } = fromJson(jsonColumns.status, "stage_status.status", row.status);
  return { ...rest, forwardEndpoint };
}
