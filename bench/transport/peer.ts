import { z } from "zod";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { serveCalls } from "../stage/child.ts";
import type { Candidate } from "./candidate.ts";
import { grpcJs } from "./grpc-js.ts";
import { logbert } from "./logbert.ts";

/** One side of a connection, in a process of its own. */
export const CANDIDATE_NAMES = ["grpc-js", "grpc-js, 8 MiB window", "logbert"] as const;
export type CandidateName = (typeof CANDIDATE_NAMES)[number];

const candidateName = z.enum(CANDIDATE_NAMES);
const peerCall = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("listen"), candidate: candidateName }),
  z.object({ kind: z.literal("usage") }),
  z.object({
    kind: z.literal("send"),
    candidate: candidateName,
    endpoint: z.string(),
    recordsEach: z.int(),
    requests: z.int(),
    inFlight: z.int(),
  }),
]);
export type PeerCall = z.infer<typeof peerCall>;

/** Where the server listens. */
export const listening = z.object({ port: z.int() });
/** User and system time of the process since its start. */
export const usage = z.object({ cpuUs: z.number() });
/** What the requests took of this process, and by the clock. */
export const sent = z.object({ cpuUs: z.number(), seconds: z.number() });

const BODY_CHARACTERS = 150;
const CANDIDATES: Readonly<Record<CandidateName, () => Candidate>> = {
  "grpc-js": () => grpcJs(),
  "grpc-js, 8 MiB window": () => grpcJs(8 * 1024 * 1024),
  logbert: () => logbert,
};

serveCalls(peerCall, async (call) => {
  switch (call.kind) {
    case "listen":
      return { port: await CANDIDATES[call.candidate]().listen() };
    case "usage":
      return { cpuUs: cpuUs() };
    case "send":
      return send(call);
  }
});

async function send({
  candidate,
  endpoint,
  recordsEach,
  requests,
  inFlight,
}: Extract<PeerCall, { kind: "send" }>) {
  const message = encodeRequest([
    {
      attributes: { "service.name": "shop" },
      records: Array.from({ length: recordsEach }, (_, i) => ({
        timeUnixNano: BigInt(i),
        body: `${i} `.padEnd(BODY_CHARACTERS, "some text "),
      })),
    },
  ]);
  const client = CANDIDATES[candidate]().connect(endpoint);
  await client.call(message);
  const startedAt = performance.now();
  const cpuBefore = cpuUs();
  let left = requests;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (; left > 0; left -= 1) await client.call(message);
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  client.close();
  return { cpuUs: cpuUs() - cpuBefore, seconds };
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
