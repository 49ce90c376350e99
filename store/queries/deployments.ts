import { type Kysely, type Selectable, sql } from "kysely";
import { chunks } from "../chunks.ts";
import type { Deployment, DeploymentDelta, DeploymentFilter, NewTemplate } from "../deployment.ts";
import type { Page } from "../store.ts";
import type { NewTemplatesTable, Tables } from "../tables.ts";

/** Deployments kept of one service, the newest. */
const DEPLOYMENTS_MAX = 64;

/**
 * Adds to what is stored of them; no release of a service twice. One that comes after its band has closed was forgotten since and is
 * new again: it replaces what was stored. Older ones than are kept of a service are deleted.
 */
export async function addToDeployments(
  db: Kysely<Tables>,
  deltas: readonly DeploymentDelta[],
): Promise<void> {
  for (const some of chunks(deltas)) await deleteClosed(db, some);
  for (const some of chunks(deltas))
    await db
      .insertInto("deployments")
      .values(some.map(deploymentRow))
      .onConflict((conflict) =>
        conflict.columns(["service", "release"]).doUpdateSet((update) => ({
          records: update("deployments.records", "+", update.ref("excluded.records")),
        })),
      )
      .execute();
  for (const some of chunks(deltas.flatMap(newTemplateRows)))
    await db
      .insertInto("new_templates")
      .values(some)
      .onConflict((conflict) =>
        conflict.columns(["service", "release", "template_id"]).doUpdateSet((update) => ({
          text: update.ref("excluded.text"),
          count: update("new_templates.count", "+", update.ref("excluded.count")),
          example_id: update.fn.coalesce("new_templates.example_id", update.ref("excluded.example_id")),
        })),
      )
      .execute();
  for (const service of new Set(deltas.map((one) => one.service))) await deleteSurplus(db, service);
}

/** Deletes what is stored of these releases where their bands closed before they came now. */
async function deleteClosed(db: Kysely<Tables>, deltas: readonly DeploymentDelta[]): Promise<void> {
  await db
    .deleteFrom("new_templates")
    .where(({ and, or, exists, selectFrom }) =>
      or(
        deltas.map(({ service, release, startedAtMs }) =>
          and({ service, release }).and(
            exists(
              selectFrom("deployments")
                .select("sequence")
                .where((deployment) => deployment.and({ service, release }))
                .where("until_ms", "<", startedAtMs),
            ),
          ),
        ),
      ),
    )
    .execute();
  await db
    .deleteFrom("deployments")
    .where((deployment) =>
      deployment.or(
        deltas.map(({ service, release, startedAtMs }) =>
          deployment.and([deployment.and({ service, release }), deployment("until_ms", "<", startedAtMs)]),
        ),
      ),
    )
    .execute();
}

async function deleteSurplus(db: Kysely<Tables>, service: string): Promise<void> {
  const newestSurplus = await db
    .selectFrom("deployments")
    .select("sequence")
    .where("service", "=", service)
    .orderBy("sequence", "desc")
    .limit(1)
    .offset(DEPLOYMENTS_MAX)
    .executeTakeFirst();
  if (newestSurplus === undefined) return;
  const { sequence } = newestSurplus;
  await db
    .deleteFrom("new_templates")
    .where("service", "=", service)
    .where("release", "in", ({ selectFrom }) =>
      selectFrom("deployments")
        .select("release")
        .where("service", "=", service)
        .where("sequence", "<=", sequence),
    )
    .execute();
  await db
    .deleteFrom("deployments")
    .where("service", "=", service)
    .where("sequence", "<=", sequence)
    .execute();
}

/** The newest first, paged by sequence. */
export async function selectDeployments(
  db: Kysely<Tables>,
  { service, withNews = false }: DeploymentFilter,
  { first, after }: Page<number>,
): Promise<readonly Deployment[]> {
  const rows = await db
    .selectFrom("deployments")
    .selectAll()
    .select(({ selectFrom, fn }) =>
      selectFrom("new_templates")
        .select(fn.countAll<number>().as("count"))
        .whereRef("new_templates.service", "=", "deployments.service")
        .whereRef("new_templates.release", "=", "deployments.release")
        .as("new_template_count"),
    )
    .$if(service !== undefined, (query) => query.where("service", "=", service ?? ""))
    .$if(withNews, (query) =>
      query.where(({ exists, selectFrom }) =>
        exists(
          selectFrom("new_templates")
            .select("new_templates.template_id")
            .whereRef("new_templates.service", "=", "deployments.service")
            .whereRef("new_templates.release", "=", "deployments.release"),
        ),
      ),
    )
    .$if(after !== undefined, (query) => query.where("sequence", "<", after ?? 0))
    .orderBy("sequence", "desc")
    .limit(first)
    .execute();
  return rows.map((row) => ({
    sequence: row.sequence,
    service: row.service,
    version: row.version ?? undefined,
    deployment: row.deployment ?? undefined,
    previous: {
      version: row.previous_version ?? undefined,
      deployment: row.previous_deployment ?? undefined,
    },
    startedAtMs: row.started_at_ms,
    untilMs: row.until_ms,
    records: row.records,
    newTemplateCount: row.new_template_count ?? 0,
  }));
}

/** What one of them has brought: the most severe first, then in the order of their first records. */
export async function selectNewTemplates(
  db: Kysely<Tables>,
  sequence: number,
  limit: number,
): Promise<readonly NewTemplate[]> {
  const rows = await db
    .selectFrom("new_templates")
    .innerJoin("deployments", (join) =>
      join
        .onRef("deployments.service", "=", "new_templates.service")
        .onRef("deployments.release", "=", "new_templates.release"),
    )
    .selectAll("new_templates")
    .where("deployments.sequence", "=", sequence)
    .orderBy("severity_number", "desc")
    .orderBy("first_seen_ms")
    .orderBy("template_id")
    .limit(limit)
    .execute();
  return rows.map(toNewTemplate);
}

/** Deletes those whose band closed before a time, with what they brought. */
export async function deleteOlderDeployments(db: Kysely<Tables>, beforeMs: number): Promise<void> {
  await db
    .deleteFrom("new_templates")
    .where(
      sql<boolean>`exists (select 1 from deployments where deployments.service = new_templates.service
        and deployments.release = new_templates.release and deployments.until_ms < ${beforeMs})`,
    )
    .execute();
  await db.deleteFrom("deployments").where("until_ms", "<", beforeMs).execute();
}

function deploymentRow(delta: DeploymentDelta) {
  return {
    service: delta.service,
    release: delta.release,
    version: delta.version ?? null,
    deployment: delta.deployment ?? null,
    previous_version: delta.previous.version ?? null,
    previous_deployment: delta.previous.deployment ?? null,
    started_at_ms: delta.startedAtMs,
    until_ms: delta.untilMs,
    records: delta.records,
  };
}

function newTemplateRows({ service, release, newTemplates }: DeploymentDelta) {
  return newTemplates.map((one) => ({
    service,
    release,
    template_id: one.templateId,
    text: one.text,
    severity_number: one.severityNumber,
    count: one.count,
    first_seen_ms: one.firstSeenMs,
    body: one.body,
    example_id: one.exampleId ?? null,
  }));
}

function toNewTemplate(row: Selectable<NewTemplatesTable>): NewTemplate {
  return {
    templateId: row.template_id,
    text: row.text,
    severityNumber: row.severity_number,
    count: row.count,
    firstSeenMs: row.first_seen_ms,
    body: row.body,
    exampleId: row.example_id ?? undefined,
  };
}
