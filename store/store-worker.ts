import { parentPort, workerData } from "node:worker_threads";
import { storeConfig } from "./config.ts";
import { openPostgres } from "./postgres.ts";
import { openSqlite } from "./sqlite.ts";
import { serveStore } from "./store-calls.ts";

if (parentPort === null) throw new Error("store-worker is started by open-store");
const config = storeConfig.parse(workerData);
serveStore(parentPort, () =>
  config.url === "" ? openSqlite(config.path, Date.now) : openPostgres(config, Date.now),
);
