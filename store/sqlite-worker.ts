import { parentPort, workerData } from "node:worker_threads";
import { openSqlite } from "./sqlite.ts";
import { serveStore } from "./store-calls.ts";

const { path } = workerData;
if (parentPort === null || typeof path !== "string")
  throw new Error("sqlite-worker is started by open-store with a path");
serveStore(parentPort, () => openSqlite(path, Date.now));
