import { hash } from "node:crypto";
import type { Outbox } from "./outbox.ts";

/** Headers of a sender's request that go on to the next hop with it. */
export interface Metadata {
  readonly headers: Readonly<Record<string, string>>;
  /** The same for the same headers; of no use to whoever sees it. */
  readonly key: string;
  /** The key of the message of Kafka that the request came in. */
  readonly messageKey?: Buffer | undefined;
  /** Where the request's messages are put, to be written together with how far its sender was read. */
  readonly outbox?: Outbox | undefined;
}

/** A header that cannot go on; nothing of its value is told. */
export interface BadMetadata {
  readonly problem: string;
}

/** A header as Node gives it, over HTTP and over gRPC alike. */
type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Longer ones would not pass the next hop's own limit. */
const VALUE_CHARACTERS_MAX = 4_096;
/** What both protocols carry (gRPC over HTTP/2, "ASCII-Value"). */
const IS_VALUE = /^[\x20-\x7e]*$/;

/**
 * Reads the headers of an allow-list; a request without any has the empty set, which is a set like another.
 * @param keys names in lower case; undefined is returned for none
 */
export function createMetadataReader(
  keys: readonly string[],
): ((headers: Headers) => Metadata | BadMetadata) | undefined {
  if (keys.length === 0) return undefined;
  return (headers) => {
    const found: [name: string, value: string][] = [];
    for (const name of keys) {
      const value = valueIn(headers, name);
      if (value === undefined) continue;
      const problem = problemOf(value);
      if (problem !== undefined) return { problem: `the header ${name} has ${problem}` };
      found.push([name, value]);
    }
    return { headers: Object.fromEntries(found), key: hash("sha256", JSON.stringify(found)) };
  };
}

/** What every object has is no header. */
function valueIn(headers: Headers, name: string): string | undefined {
  const given = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return given === undefined || typeof given === "string" ? given : given.join(",");
}

function problemOf(value: string): string | undefined {
  if (!IS_VALUE.test(value)) return "control or non-ASCII characters";
  return value.length > VALUE_CHARACTERS_MAX ? `more than ${VALUE_CHARACTERS_MAX} characters` : undefined;
}
