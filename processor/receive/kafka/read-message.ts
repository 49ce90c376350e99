import type { KafkaMessage } from "../../kafka/messages.ts";
import { encodeRequest, type NewResource } from "../../wire/encode.ts";
import { isConcatenable } from "../../wire/is-concatenable.ts";
import { jsonToProtobuf } from "../../wire/json.ts";
import { readRequest } from "../../wire/read-request.ts";
import { MalformedRequestError } from "../../wire/record-view.ts";
import { createLineReader } from "../lines/create-line-reader.ts";
import { toResources } from "../lines/to-resources.ts";
import type { KafkaTopicConfig } from "./config.ts";

/** A message, and what is in it. */
export interface ReadKafkaMessage {
  readonly message: KafkaMessage;
  readonly content: Content;
}

/** What is in a message. */
export type Content =
  /** A serialised ExportLogsServiceRequest. */
  | { readonly kind: "request"; readonly bytes: Uint8Array; readonly mayJoin: boolean }
  /** Records made of text. */
  | { readonly kind: "text"; readonly resources: readonly NewResource[] }
  /** Nothing that could go on: a tombstone, blank text. */
  | { readonly kind: "empty" }
  | BadContent;

/** Nothing that can be read. */
export interface BadContent {
  readonly kind: "bad";
  readonly reason: "malformed" | "too-large" | "internal";
  /** What is wrong with it; none of its contents. */
  readonly text: string;
}

/** Reads one message by what its topic holds. Text becomes the same records whenever it is read. */
export function readKafkaMessage(
  message: KafkaMessage,
  topic: KafkaTopicConfig,
  bytesMax: number,
): ReadKafkaMessage {
  return { message, content: contentOf(message, topic, bytesMax) };
}

function contentOf(message: KafkaMessage, topic: KafkaTopicConfig, bytesMax: number): Content {
  const { value } = message;
  if (value === undefined || value.length === 0) return { kind: "empty" };
  if (value.length > bytesMax)
    return { kind: "bad", reason: "too-large", text: `it has more than ${bytesMax} bytes` };
  try {
    if (topic.encoding === "raw") return textOf(value, message, topic);
    const bytes = topic.encoding === "otlp_json" ? jsonToProtobuf(value) : value;
    const hasRecords = readRequest(bytes).records.length > 0;
    return hasRecords ? { kind: "request", bytes, mayJoin: isConcatenable(bytes) } : { kind: "empty" };
  } catch (error) {
    if (error instanceof MalformedRequestError) return malformed(error.message);
    if (error instanceof TypeError) return malformed("it is no UTF-8");
    // A mistake of ours must not hold the partition up for ever, nor end the process again and again.
    return { kind: "bad", reason: "internal", text: String(error) };
  }
}

function malformed(text: string): BadContent {
  return { kind: "bad", reason: "malformed", text };
}

/** What OTLP's 64 bits of nanoseconds hold. */
const TIME_MS_MAX = 2 ** 63 / 1e6;

const decoder = new TextDecoder("utf-8", { fatal: true });

/** A message is whole: its lines join no others. */
function textOf(
  value: Buffer,
  { timestampMs }: KafkaMessage,
  { name, service, format }: KafkaTopicConfig,
): Content {
  const reader = createLineReader({ format, now: () => timestampMs });
  const written = decoder.decode(value).split(/\r?\n/);
  const lines = [...written.flatMap((line) => reader.push(line)), ...reader.flush()];
  if (lines.length === 0) return { kind: "empty" };
  const observedMs = timestampMs > 0 && timestampMs < TIME_MS_MAX ? timestampMs : 0;
  const resources = toResources(
    { service: service === "" ? name : service, file: undefined, lines },
    observedMs,
  );
  // What cannot be written shows here, where it stands for one message, and not when it is among others.
  encodeRequest(resources);
  return { kind: "text", resources };
}

/** Messages that go on as one request, in their order. */
export interface Run {
  readonly messages: readonly ReadKafkaMessage[];
  readonly bytes: Uint8Array;
}

/** Puts neighbours together that may go on as one request. What is empty or bad must have been taken out. */
export function toRuns(messages: readonly ReadKafkaMessage[]): readonly Run[] {
  const runs: ReadKafkaMessage[][] = [];
  let open: ReadKafkaMessage[] | undefined;
  for (const one of messages) {
    const last = open?.at(-1);
    if (open !== undefined && last !== undefined && mayFollow(last.content, one.content)) open.push(one);
    else {
      open = [one];
      runs.push(open);
    }
  }
  return runs.map((run) => ({ messages: run, bytes: bytesOf(run) }));
}

function mayFollow(before: Content, content: Content): boolean {
  if (before.kind === "text") return content.kind === "text";
  return before.kind === "request" && before.mayJoin && content.kind === "request" && content.mayJoin;
}

/** A repeated field of concatenated messages is the concatenation of both (protobuf encoding, "Last One Wins"). */
function bytesOf(run: readonly ReadKafkaMessage[]): Uint8Array {
  const resources = run.flatMap(({ content }) => (content.kind === "text" ? content.resources : []));
  if (resources.length > 0) return encodeRequest(joined(resources));
  const bodies = run.flatMap(({ content }) => (content.kind === "request" ? [content.bytes] : []));
  const [only] = bodies;
  return only !== undefined && bodies.length === 1 ? only : Buffer.concat(bodies);
}

/** One resource a service: each of them has no other attribute than its name. */
function joined(resources: readonly NewResource[]): readonly NewResource[] {
  const byService = Map.groupBy(resources, ({ attributes }) => attributes["service.name"]);
  return [...byService.values()].flatMap((same) => {
    const [first] = same;
    return first === undefined ? [] : [{ ...first, records: same.flatMap(({ records }) => records) }];
  });
}
