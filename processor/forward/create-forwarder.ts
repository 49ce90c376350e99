import { readRequest } from "../wire/read-request.ts";
import { splitRequest } from "../wire/split.ts";
import type { ForwardConfig } from "./config.ts";
import type { Forwarder, ForwardOutcome } from "./forwarder.ts";
import { createGrpcSender, type Sender } from "./grpc.ts";
import { createHttpSender } from "./http.ts";
import { outcomeOfSilence } from "./outcome.ts";
import { createSinkForwarder } from "./sink.ts";
import { targetOf } from "./target.ts";
import { readTlsFiles } from "./tls-files.ts";

/** The next hop that the configuration names, or a sink without one. */
export function createForwarder(config: ForwardConfig): Forwarder {
  if (config.endpoint === "") return createSinkForwarder();
  const target = targetOf(config);
  const create = target.protocol === "grpc" ? createGrpcSender : createHttpSender;
  return inParts(create(config, target, readTlsFiles(config)), config.max_message_bytes);
}

/**
 * Sends what is larger than `bytesMax` in parts, in order, and stops at the first that is not taken.
 * Its outcome is the request's, and carries the bytes that were not taken, so that a retry repeats nothing.
 */
export function inParts(sender: Sender, bytesMax: number): Forwarder {
  const trySend = (part: Uint8Array, signal: AbortSignal): Promise<ForwardOutcome> =>
    sender.send(part, signal).catch(outcomeOfSilence);

  return {
    async forward(body, signal) {
      const parts = splitRequest(body, bytesMax);
      if (parts.length === 1) return trySend(body, signal);
      const taken: ForwardOutcome[] = [];
      for (const [index, part] of parts.entries()) {
        const outcome = await trySend(part, signal);
        // A repeated field of concatenated messages is the concatenation of both (protobuf encoding, "Last One Wins").
        if (outcome.kind === "retry") return { ...outcome, remainder: Buffer.concat(parts.slice(index)) };
        taken.push(outcome.kind === "refused" ? rejectedPart(part, outcome.message) : outcome);
      }
      return merge(taken);
    },
    close: () => sender.close(),
  };
}

/** A part that is refused for good does not hold up the others: its records are told upstream as rejected. */
function rejectedPart(part: Uint8Array, message: string): ForwardOutcome {
  return { kind: "accepted", rejectedRecords: readRequest(part).records.length, message };
}

function merge(outcomes: readonly ForwardOutcome[]): ForwardOutcome {
  const accepted = outcomes.filter((outcome) => outcome.kind === "accepted");
  const messages = new Set(accepted.map(({ message }) => message).filter((message) => message !== ""));
  return {
    kind: "accepted",
    rejectedRecords: accepted.reduce((sum, { rejectedRecords }) => sum + rejectedRecords, 0),
    message: [...messages].join("; "),
  };
}
