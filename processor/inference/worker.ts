import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { openOnnxSession } from "./onnx-session.ts";
import { type Sessions, serveSessions } from "./session-calls.ts";
import { openTextEncoderSession } from "./text-encoder-session.ts";
import { openWordPieces } from "./word-pieces.ts";

const { graph, textEncoder, textVectorDimensions, threads } = workerData;
if (parentPort === null || typeof graph !== "string")
  throw new Error("the inference worker is started by worker-client with a graph");
serveSessions(parentPort, open);

async function open(): Promise<Sessions> {
  const dimensions = Number(textVectorDimensions);
  return {
    events: await openOnnxSession(graph, dimensions, Number(threads)),
    texts: textEncoder === undefined ? undefined : await openTexts(dimensions),
  };
}

function openTexts(dimensions: number) {
  const pieces = openWordPieces(readFileSync(String(textEncoder.tokenizer), "utf8"));
  return openTextEncoderSession(String(textEncoder.graph), pieces, dimensions, Number(threads));
}
