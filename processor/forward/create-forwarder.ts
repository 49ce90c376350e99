import { openClientTls, type Warn } from "../tls/client-tls.ts";
import { readRequest } from "../wire/read-request.ts";
import { MalformedRequestError } from "../wire/record-view.ts";
import { splitRequest } from "../wire/split.ts";
import type { ForwardConfig } from "./config.ts";
import type { ForwardOutcome } from "./forward-outcome.ts";
import type { Forwarder } from "./forwarder.ts";
import { createGrpcSender } from "./grpc.ts";
import { hideSecrets } from "./hide-secrets.ts";
import { createHttpSender } from "./http.ts";
import { joinApart } from "./join-apart.ts";
import { joinRequests } from "./join-requests.ts";
import { kafkaEndpointOf } from "./kafka/kafka-endpoint.ts";
import { createKafkaSender } from "./kafka/kafka-sender.ts";
import { maxMessageBytes } from "./max-message-bytes.ts";
import { nextHopText } from "./next-hop-text.ts";
import { outcomeOfSilence } from "./outcome.ts";
import type { Sender } from "./sender.ts";
import { createSinkForwarder } from "./sink.ts";
import { type Target, targetOf } from "./target.ts";

/**
 * The next hop that the configuration names, or a sink without one. Throws a TlsFileError.
 * @param warn told of TLS files that have changed and cannot be used
 */
export function createForwarder(config: ForwardConfig, warn: Warn = () => undefined): Forwarder {
  if (config.endpoint === "") return createSinkForwarder();
  const kafka = kafkaEndpointOf(config.endpoint);
  if (kafka !== undefined) {
    const sender = createKafkaSender(config, kafka, openClientTls(config.tls, warn));
    return inParts(hideSecrets(sender, [config.kafka.sasl.password]), maxMessageBytes(config));
  }
  const target = targetOf(config);
  const create = target.protocol === "grpc" ? createGrpcSender : createHttpSender;
  const plain = create(config, target, openClientTls(config.tls, warn));
  const secrets = secretsOf(config, target);
  const isHiding = secrets.length > 0 || config.metadata_keys.length > 0;
  const sender = isHiding ? hideSecrets(plain, secrets) : plain;
  const { metadata_cardinality_limit: combinationsMax } = config;
  const sent = config.join.enabled
    ? joinApart(sender, (one) => joined(one, config), combinationsMax)
    : sender;
  return inParts(sent, config.max_message_bytes);
}

/** Headers, and what stands in the query, where some have their keys. */
function secretsOf({ headers }: ForwardConfig, { url }: Target): readonly string[] {
  const inQuery = [...new URL(url).searchParams.values()];
  return [...Object.values(headers), ...inQuery, ...inQuery.map(encodeURIComponent)];
}

function joined(sender: Sender, { join, max_message_bytes, timeout_ms }: ForwardConfig): Sender {
  return joinRequests(sender, {
    bytesMax: max_message_bytes,
    concurrency: join.concurrency,
    waitMsMax: timeout_ms,
    now: () => performance.now(),
  });
}

/**
 * Sends what is larger than `bytesMax` in parts, in order, and stops at the first that is not taken.
 * Its outcome is the request's, and carries the bytes that were not taken, so that a retry repeats nothing. When those very
 * bytes come back, what was said of the parts before them is part of the outcome.
 */
export function inParts(sender: Sender, bytesMax: number): Forwarder {
  const resultsBefore = new WeakMap<Uint8Array, readonly PartResult[]>();

  return {
    async forward(body, signal, metadata) {
      const trySend = (part: Uint8Array) => sender.send(part, signal, metadata).catch(outcomeOfSilence);
      const parts = trySplit(body, bytesMax);
      if ("kind" in parts) return parts;
      const before = resultsBefore.get(body) ?? [];
      if (parts.length === 1 && before.length === 0) return trySend(body);
      const results = [...before];
      for (const [index, part] of parts.entries()) {
        const outcome = await trySend(part);
        if (outcome.kind === "retry") {
          if (index === 0) return outcome;
          // A repeated field of concatenated messages is the concatenation of both (protobuf encoding, "Last One Wins").
          const remainder = Buffer.concat(parts.slice(index));
          resultsBefore.set(remainder, results);
          return { ...outcome, remainder };
        }
        results.push({ outcome, rejectedRecords: rejectedIn(part, outcome) });
      }
      return merge(results);
    },
    close: () => sender.close(),
  };
}

/** The parts, or the refusal of a request that cannot be cut: the same bytes will never fit. */
function trySplit(body: Uint8Array, bytesMax: number): readonly Uint8Array[] | ForwardOutcome {
  try {
    return splitRequest(body, bytesMax);
  } catch (error) {
    if (!(error instanceof MalformedRequestError)) throw error;
    return { kind: "refused", reason: "too-large", message: error.message };
  }
}

/** What became of a part that need not be sent again. */
interface PartResult {
  readonly outcome: ForwardOutcome;
  readonly rejectedRecords: number;
}

function rejectedIn(part: Uint8Array, outcome: ForwardOutcome): number {
  return outcome.kind === "accepted" ? outcome.rejectedRecords : readRequest(part).records.length;
}

/** Refused when every part was; else a part that is refused does not hold up the others: its records are told upstream as rejected. */
function merge(results: readonly PartResult[]): ForwardOutcome {
  const [first] = results;
  if (first !== undefined && results.every(({ outcome }) => outcome.kind === "refused")) return first.outcome;
  const messages = new Set(results.map(({ outcome }) => outcome.message).filter((message) => message !== ""));
  return {
    kind: "accepted",
    rejectedRecords: results.reduce((sum, { rejectedRecords }) => sum + rejectedRecords, 0),
    message: nextHopText([...messages].join("; ")),
  };
}
