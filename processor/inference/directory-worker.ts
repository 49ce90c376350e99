import { parentPort, workerData } from "node:worker_threads";
import { ModelError, readModelDirectory } from "./model-directory.ts";
import type { DirectoryAnswer } from "./read-aside.ts";

const { directory } = workerData;
if (parentPort === null || typeof directory !== "string")
  throw new Error("directory-worker is started by read-aside with a directory");
const say = (answer: DirectoryAnswer) => parentPort?.postMessage(answer);
try {
  say({ kind: "read", model: readModelDirectory(directory) });
} catch (error) {
  if (!(error instanceof ModelError)) throw error;
  say({ kind: "unusable", message: error.message, remedy: error.remedy });
}
