import type { KafkaProblem } from "../../kafka/kafka-problem.ts";
import type { ForwardOutcome, RefusalReason } from "../forward-outcome.ts";
import { nextHopText } from "../next-hop-text.ts";

/**
 * What the same message will never be taken for (Kafka protocol, "Error Codes"). All others are told as to be tried again: what
 * a broker lacks, does not allow us, or was not reached for can be put right, and dropping would lose data.
 */
const REFUSALS: Readonly<Record<string, RefusalReason>> = {
  MESSAGE_TOO_LARGE: "too-large",
  RECORD_LIST_TOO_LARGE: "too-large",
  INVALID_RECORD: "malformed",
  INVALID_TIMESTAMP: "malformed",
  UNSUPPORTED_FOR_MESSAGE_FORMAT: "unsupported",
  POLICY_VIOLATION: "other",
};

/** What the operator has to see to. */
const OURS = /AUTHENTICATION|AUTHORIZATION/;

/** Why messages were not written. */
export type KafkaFailure = Exclude<ForwardOutcome, { readonly kind: "accepted" }>;

/** A failure of producing as an outcome. */
export function outcomeOfKafka({ errors, text }: KafkaProblem): KafkaFailure {
  const message = `next hop: Kafka: ${nextHopText(text)}`;
  const reasons = errors.map((error) => REFUSALS[error]);
  const [reason] = reasons;
  if (reason !== undefined && reasons.every((one) => one !== undefined))
    return { kind: "refused", reason, message };
  const hint = errors.some((error) => OURS.test(error))
    ? " (check forward.kafka.sasl and the topic's ACLs)"
    : "";
  return { kind: "retry", afterMs: undefined, message: `${message}${hint}` };
}
