import { parentPort, workerData } from "node:worker_threads";
import { serveSession } from "../session-calls.ts";
import { openPretrainedSession } from "./pretrained-session.ts";
import type { ThreadData } from "./start-pretrained-scorer.ts";

const { directory, threads }: ThreadData = workerData;
if (parentPort === null) throw new Error("the inference worker is started by start-pretrained-scorer");
serveSession(parentPort, () => openPretrainedSession(directory, threads));
