import type { Kysely, Selectable } from "kysely";
import { z } from "zod";
import { chunks } from "../chunks.ts";
import { type CallLimit, isAnswer, LLM_FAILURES, type LlmExplanation, roomAtMs } from "../llm.ts";
import { fromJson } from "../rows.ts";
import type { Tables } from "../tables.ts";

const outcome = z.union([
  z.object({ summary: z.string(), likelyCause: z.string(), nextStep: z.string() }),
  z
    .object({
      reason: z.enum(LLM_FAILURES),
      detail: z.string().optional(),
      retryAtMs: z.number().optional(),
    })
    .transform(({ reason, detail, retryAtMs }) => ({ reason, detail, retryAtMs })),
]);

/** In any order; those that were never asked about are left out. */
export async function selectLlmExplanations(
  db: Kysely<Tables>,
  keys: readonly string[],
): Promise<readonly LlmExplanation[]> {
  const found: LlmExplanation[] = [];
  for (const some of chunks(keys)) {
    const rows = await db.selectFrom("llm_explanations").selectAll().where("key", "in", some).execute();
    found.push(...rows.map(toLlmExplanation));
  }
  return found;
}

/** How a stored failure differs from an answer, in whose texts quotes are escaped. */
const FAILURE_PATTERN = '%"reason":%';

/** Takes the place of what was stored under its key; a failure never that of an answer. */
export async function saveLlmExplanation(
  db: Kysely<Tables>,
  { key, ...explanation }: LlmExplanation,
): Promise<void> {
  const row = {
    anomaly_id: explanation.anomalyId,
    provider: explanation.provider,
    model: explanation.model,
    prompt: explanation.prompt ?? null,
    created_at_ms: explanation.createdAtMs,
    prompt_tokens: explanation.promptTokens ?? null,
    answer_tokens: explanation.answerTokens ?? null,
    outcome: JSON.stringify(explanation.outcome),
  };
  await db
    .insertInto("llm_explanations")
    .values({ key, ...row })
    .onConflict((conflict) => {
      const update = conflict.column("key").doUpdateSet(row);
      return isAnswer(explanation.outcome)
        ? update
        : update.where("llm_explanations.outcome", "like", FAILURE_PATTERN);
    })
    .execute();
}

/** Takes an incident on oneself; false where somebody has before. One statement: of several at a time one succeeds. */
export async function claimIncident(db: Kysely<Tables>, incidentId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("incidents")
    .set({ is_asked_about: 1 })
    .where("id", "=", incidentId)
    .where("is_asked_about", "=", 0)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Counts a call if the limits leave room for it, or answers when there will be room; called within a transaction. */
export async function takeLlmCall(
  db: Kysely<Tables>,
  atMs: number,
  limits: readonly CallLimit[],
): Promise<number | undefined> {
  const longestMs = Math.max(0, ...limits.map(({ spanMs }) => spanMs));
  // First, as a write: whoever else takes a call waits until this one is counted.
  await db
    .deleteFrom("llm_calls")
    .where("at_ms", "<=", atMs - longestMs)
    .execute();
  const calls = await db.selectFrom("llm_calls").select("at_ms").execute();
  const waitUntilMs = roomAtMs(
    calls.map((row) => row.at_ms),
    limits,
    atMs,
  );
  if (waitUntilMs === undefined) await db.insertInto("llm_calls").values({ at_ms: atMs }).execute();
  return waitUntilMs;
}

/** Deletes what was asked before that time. */
export async function deleteOlderLlmExplanations(db: Kysely<Tables>, beforeMs: number): Promise<void> {
  await db.deleteFrom("llm_explanations").where("created_at_ms", "<", beforeMs).execute();
}

function toLlmExplanation(row: Selectable<Tables["llm_explanations"]>): LlmExplanation {
  return {
    key: row.key,
    anomalyId: row.anomaly_id,
    provider: row.provider,
    model: row.model,
    prompt: row.prompt ?? undefined,
    createdAtMs: row.created_at_ms,
    promptTokens: row.prompt_tokens ?? undefined,
    answerTokens: row.answer_tokens ?? undefined,
    outcome: fromJson(outcome, "llm_explanations.outcome", row.outcome),
  };
}
