import { parentPort, workerData } from "node:worker_threads";
import { serveThread } from "../serve-thread.ts";
import { openPretrainedSession } from "./pretrained-session.ts";
import type { ThreadData } from "./start-pretrained-scorer.ts";

const { directory, threads }: ThreadData = workerData;
if (parentPort === null) throw new Error("the inference worker is started by start-pretrained-scorer");
serveThread(parentPort, () => openPretrainedSession(directory, threads));
