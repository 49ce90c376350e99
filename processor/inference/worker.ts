import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { openOnnxSession } from "./onnx-session.ts";
import { serveThread } from "./serve-thread.ts";
import { asThreadSession, type Sessions, type WorkerData } from "./session-calls.ts";
import { openTextEncoderSession } from "./text-encoder-session.ts";
import { openWordPieces } from "./word-pieces.ts";

const { graphs, textDimensions, width, threads }: WorkerData = workerData;
if (parentPort === null) throw new Error("the inference worker is started by worker-client");
serveThread(parentPort, async () => asThreadSession(await open()));

async function open(): Promise<Sessions> {
  const { events: graph, candidates, texts, tokenizer } = graphs;
  const pieces = openWordPieces(readFileSync(tokenizer, "utf8"));
  return {
    events: await openOnnxSession({ graph, candidates, textDimensions, width, threads }),
    texts: await openTextEncoderSession(texts, pieces, textDimensions, threads),
  };
}
