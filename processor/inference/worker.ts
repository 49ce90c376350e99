import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { openOnnxSession } from "./onnx-session.ts";
import { type Sessions, serveSessions, type WorkerData } from "./session-calls.ts";
import { openTextEncoderSession } from "./text-encoder-session.ts";
import { openWordPieces } from "./word-pieces.ts";

const { graphs, textDimensions, width, threads }: WorkerData = workerData;
if (parentPort === null) throw new Error("the inference worker is started by worker-client");
serveSessions(parentPort, open);

async function open(): Promise<Sessions> {
  const { events: graph, candidates, texts, tokenizer } = graphs;
  const pieces = openWordPieces(readFileSync(tokenizer, "utf8"));
  return {
    events: await openOnnxSession({ graph, candidates, textDimensions, width, threads }),
    texts: await openTextEncoderSession(texts, pieces, textDimensions, threads),
  };
}
