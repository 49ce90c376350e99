import { existsSync } from "node:fs";
import type { Command } from "commander";
import { z } from "zod";
import { type ExplainerConfig, meantBy } from "../api/llm/config.ts";
import { fingerprint, ownFingerprint } from "../api/llm/fingerprint.ts";
import { shownExplanation } from "../api/llm/shown-explanation.ts";
import type { StoredAnomaly } from "../store/anomaly.ts";
import type { StoreConfig } from "../store/config.ts";
import type { Incident } from "../store/incident.ts";
import type { LlmExplanation } from "../store/llm.ts";
import { openStore } from "../store/open-store.ts";
import { shownDatabase } from "../store/shown-database.ts";
import type { Store } from "../store/store.ts";
import { UsageError } from "./exit-code.ts";
import { type ExplainedAnomaly, explanationText } from "./explain/explanation-text.ts";
import { parseOptions } from "./lines/parse-options.ts";
import { loadConfig } from "./load-config.ts";

const optionsSchema = z.strictObject({
  id: z.string().trim().min(1, "must not be empty"),
  json: z.boolean().default(false),
  config: z.string().min(1).optional(),
});

/** `logbert explain --id ID`: the full explanation of a stored anomaly. Exit code 1 when there is none with this id. */
export function registerExplain(program: Command): void {
  program
    .command("explain")
    .description("Tell why a stored anomaly was flagged: what is in the database of the configuration.")
    .requiredOption("--id <id>", "its id: anomaly.id of the record, or what ends its address on the page")
    .option("--json", "print what is stored, as JSON")
    .option("--config <file>", "configuration file (default: LOGBERT_CONFIG, else ./logbert.yaml)")
    .action(async (raw: unknown) => {
      const { id, json, config } = parseOptions(optionsSchema, raw);
      const { store, explainer } = loadConfig({ file: config, environment: process.env });
      // Opened, a SQLite file would be made.
      if (store.url === "" && !existsSync(store.path))
        throw new UsageError(`there is no database at ${store.path}: name it by DB_PATH or DATABASE_URL`);
      const found = await find(store, id, explainer);
      if (found === undefined) {
        process.stderr.write(`There is no anomaly ${id} in ${shownDatabase(store)}.\n`);
        process.exitCode = 1;
        return;
      }
      const { anomaly, llm = null } = found;
      const whole = { ...anomaly, llm };
      process.stdout.write(json ? `${JSON.stringify(whole, null, 2)}\n` : explanationText(found));
    });
}

async function find(
  config: StoreConfig,
  id: string,
  explainer: ExplainerConfig,
): Promise<ExplainedAnomaly | undefined> {
  const store = await openStore(config);
  try {
    const anomaly: StoredAnomaly | undefined = await store.anomaly(id);
    if (anomaly === undefined) return undefined;
    const incidentId = anomaly.incidentId;
    const incidents: readonly Incident[] =
      incidentId === undefined ? [] : await store.incidentsById([incidentId]);
    return { anomaly, incident: incidents[0], llm: await llmExplanationOf(anomaly, store, explainer) };
  } finally {
    await store.close();
  }
}

/** What the configured language model has said of it or its kind; nothing is asked here. */
async function llmExplanationOf(
  anomaly: StoredAnomaly,
  store: Store,
  explainer: ExplainerConfig,
): Promise<LlmExplanation | undefined> {
  const asked = meantBy(explainer);
  if (asked === undefined) return undefined;
  const [own, kind] = [ownFingerprint(anomaly, asked), fingerprint(anomaly, asked)];
  const byKey = new Map((await store.llmExplanations([own, kind])).map((one) => [one.key, one]));
  const { answer, failure } = shownExplanation(byKey.get(own), byKey.get(kind));
  return answer ?? failure;
}
