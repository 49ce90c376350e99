import { parentPort, workerData } from "node:worker_threads";
import { storeConfig } from "./config.ts";
import { serveStore } from "./store-calls.ts";

if (parentPort === null) throw new Error("store-worker is started by open-store");
const config = storeConfig.parse(workerData);
// Only the driver that is used is read: each costs a start some time and memory.
serveStore(parentPort, async () =>
  config.url === ""
    ? (await import("./sqlite.ts")).openSqlite(config.path, Date.now)
    : (await import("./postgres.ts")).openPostgres(config, Date.now),
);
