import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { Scoring } from "../../proto/gen/logbert/v1/scoring_pb.js";

/**
 * A client of logbert's gRPC service logbert.v1.Scoring: a program to read, to run and to start from. It needs Node 22.18 or later,
 * @connectrpc/connect, @connectrpc/connect-node and what protoc-gen-es generates of proto/.
 *
 *   npx node docs/examples/scoring-client.ts --service NAME FILE    lines of a file; - for standard input
 *
 * LOGBERT_GRPC_URL names the stage (http://127.0.0.1:4317), LOGBERT_INTAKE_TOKEN the token where it wants one (receive.auth.tokens),
 * Node's own NODE_EXTRA_CA_CERTS its authority where it has TLS. Prints the odd ones: score, text, and why.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { service: { type: "string" } },
});
const [file] = positionals;
if (values.service === undefined || file === undefined) {
  console.error("usage: scoring-client.ts --service NAME FILE");
  process.exit(2);
}
const { service } = values;

/** A batch teaches those after it; larger ones cost less a line. */
const LINES_A_REQUEST = 500;

async function* batches(input: NodeJS.ReadableStream) {
  const lines: string[] = [];
  const batch = () => ({ input: { case: "lines" as const, value: { service, lines: lines.splice(0) } } });
  for await (const line of createInterface({ input })) {
    lines.push(line);
    if (lines.length >= LINES_A_REQUEST) yield batch();
  }
  if (lines.length > 0) yield batch();
}

const baseUrl = process.env["LOGBERT_GRPC_URL"] ?? "http://127.0.0.1:4317";
const token = process.env["LOGBERT_INTAKE_TOKEN"];
const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
const client = createClient(Scoring, createGrpcTransport({ baseUrl }));
for await (const { records } of client.scoreStream(
  batches(file === "-" ? process.stdin : createReadStream(file)),
  { headers },
)) {
  for (const { isAnomaly, score, line, explanation } of records)
    if (isAnomaly) console.log(`${score?.toFixed(3)}\t${line}\t${explanation}`);
}
