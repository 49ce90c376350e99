import { createServer, type ServerHttp2Stream } from "node:http2";
import { z } from "zod";
import { readRequest } from "../../processor/wire/read-request.ts";
import { serveCalls } from "./child.ts";
import { numberOf } from "./encode-requests.ts";

/** The next hop: answers at once and notes how often each numbered record came. */
const sinkCall = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("listen") }),
  z.object({ kind: z.literal("expect"), records: z.int() }),
  z.object({ kind: z.literal("count"), records: z.int() }),
]);
export type SinkCall = z.infer<typeof sinkCall>;

/** Where the sink listens. */
export const listenAnswer = z.object({ port: z.int() });
/** Of the first so many records: those that never came, and those that came more than once. */
export const countAnswer = z.object({ lost: z.int(), doubled: z.int() });
/** The sink has forgotten what came before, and has room for so many. */
export const expectAnswer = z.object({ expected: z.int() });

const WINDOW_BYTES = 8 * 1024 * 1024;
const SESSION_MEMORY_MAX = 1_000;
const FRAME_HEADER_BYTES = 5;
/** An empty message: everything was taken. */
const TAKEN = Buffer.alloc(FRAME_HEADER_BYTES);

let arrivals = new Uint8Array();
const server = createServer({
  maxSessionMemory: SESSION_MEMORY_MAX,
  settings: { initialWindowSize: WINDOW_BYTES },
});
server.on("session", (session) => session.setLocalWindowSize(2 * WINDOW_BYTES));
server.on("stream", (stream) => {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.on("error", () => undefined);
  stream.on("end", () => {
    answer(stream);
    note(Buffer.concat(chunks));
  });
});

serveCalls(sinkCall, async (call) => {
  switch (call.kind) {
    case "listen": {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const address = server.address();
      return { port: typeof address === "object" && address !== null ? address.port : 0 };
    }
    case "expect":
      arrivals = new Uint8Array(call.records);
      return { expected: call.records };
    case "count": {
      const sent = arrivals.subarray(0, call.records);
      return {
        lost: sent.filter((times) => times === 0).length,
        doubled: sent.filter((times) => times > 1).length,
      };
    }
  }
});

function answer(stream: ServerHttp2Stream): void {
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(TAKEN);
}

function note(frame: Buffer): void {
  if (frame[0] !== 0) throw new Error("the sink takes no compressed messages");
  for (const { observedTimeUnixNano } of readRequest(frame.subarray(FRAME_HEADER_BYTES)).records) {
    const number = numberOf(observedTimeUnixNano);
    arrivals[number] = (arrivals[number] ?? 0) + 1;
  }
}
