import { parentPort, workerData } from "node:worker_threads";
import { openOnnxSession } from "./onnx-session.ts";
import { serveSession } from "./session-calls.ts";

const { graph, textVectorDimensions, threads } = workerData;
if (parentPort === null || typeof graph !== "string")
  throw new Error("the inference worker is started by worker-client with a graph");
serveSession(parentPort, () => openOnnxSession(graph, Number(textVectorDimensions), Number(threads)));
