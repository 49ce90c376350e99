import { existsSync } from "node:fs";
import type { Command } from "commander";
import { z } from "zod";
import { lockDirectories } from "../store/lock-directory.ts";
import { moveStore } from "../store/move-store.ts";
import { shownDatabase } from "../store/shown-database.ts";
import { UsageError } from "./exit-code.ts";
import { parseOptions } from "./lines/parse-options.ts";
import { loadConfig } from "./load-config.ts";
import { moveTraining } from "./move-training.ts";
import { ownDirectories, trainingDirectory } from "./own-directories.ts";

const optionsSchema = z.strictObject({ config: z.string().min(1).optional() });

/** `logbert migrate-store`: from SQLite to PostgreSQL, without loss. */
export function registerMigrateStore(program: Command): void {
  program
    .command("migrate-store")
    .description(
      "Copy everything from the SQLite file (store.path, DB_PATH), and what trainings have recorded and made beside it, into an empty PostgreSQL database (store.url, DATABASE_URL): all of it, or nothing. Stop the stage first. The files stay as they are, but for what an earlier version has written, which is brought up to date.",
    )
    .option("--config <file>", "configuration file (default: LOGBERT_CONFIG, else ./logbert.yaml)")
    .action(async (raw: unknown) => {
      const { config } = parseOptions(optionsSchema, raw);
      const { store, remember, training } = loadConfig({ file: config, environment: process.env });
      if (store.url === "")
        throw new UsageError("there is no database to copy into: name it by DATABASE_URL (store.url)");
      // Opened, a SQLite file would be made.
      if (!existsSync(store.path))
        throw new UsageError(`there is no database at ${store.path}: name it by DB_PATH (store.path)`);
      const release = lockDirectories(ownDirectories({ store, training }));
      const say = (line: string) => process.stderr.write(`${line}\n`);
      let all = 0;
      await moveStore({
        store,
        flushIntervalMs: remember.flush_interval_ms,
        nowMs: Date.now(),
        onTable(table, rows) {
          all += rows;
          say(`${table}: ${rows}`);
        },
        moveFiles: (to) =>
          moveTraining(to, {
            directory: trainingDirectory({ store, training }),
            bytesMax: training.max_bytes,
            onCopied: (what, count) => say(`${what}: ${count}`),
            onUnusable: (version, reason) => say(`the weights ${version} are left out: ${reason}`),
          }),
      }).finally(release);
      process.stdout.write(`${all} rows of ${store.path} are in ${shownDatabase(store)}.\n`);
    });
}
