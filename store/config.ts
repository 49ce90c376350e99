import { z } from "zod";

/** Where everything that outlives a restart is kept. */
export const storeConfig = z.strictObject({
  path: z
    .string()
    .min(1)
    .default("./logbert-data/logbert.db")
    .describe("SQLite database file; its directory is created. Environment: DB_PATH."),
});
export type StoreConfig = z.infer<typeof storeConfig>;
