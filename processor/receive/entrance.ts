import type { IncomingHttpHeaders } from "node:http";
import { createMetadataReader, type Metadata } from "../forward/metadata.ts";
import { type ErrorAnswer, rateLimitedAnswer, refusalAnswer, unauthenticatedAnswer } from "./answer.ts";
import { clientOfAddress } from "./client-address.ts";
import type { AuthConfig, LimitsConfig } from "./config.ts";
import { createRateLimit } from "./rate-limit.ts";
import { createTokenNames } from "./token-names.ts";

/**
 * What is looked at of a request before anything of it is read, over every transport.
 * @param address gives the peer's; asked only where it is needed
 */
export type Entrance = (
  headers: IncomingHttpHeaders,
  address: () => string | undefined,
) => Entry | ErrorAnswer;

/** A request that may come in. */
export interface Entry {
  readonly kind: "entered";
  /** Whose token it came with; undefined where none are asked for. */
  readonly name: string | undefined;
  /** Undefined where no headers go on. */
  readonly metadata: Metadata | undefined;
}

/** What decides on who comes in. */
export interface EntranceOptions {
  readonly auth: AuthConfig;
  readonly limits: LimitsConfig;
  /** Headers that go on to the next hop, in lower case. */
  readonly metadataKeys: readonly string[];
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

const OPEN: Entry = { kind: "entered", name: undefined, metadata: undefined };

/** Who it is comes first, because it is whose requests are counted. What is not configured costs nothing. */
export function createEntrance({ auth, limits, metadataKeys, now }: EntranceOptions): Entrance {
  const nameOf = auth.tokens.length === 0 ? undefined : createTokenNames(auth.tokens);
  const { requests_per_second: perSecond, request_burst: burst } = limits;
  const waitOf = perSecond === 0 ? undefined : createRateLimit({ perSecond, burst }, now);
  const read = createMetadataReader(metadataKeys);
  if (nameOf === undefined && waitOf === undefined && read === undefined) return () => OPEN;
  return (headers, address) => {
    const name = nameOf?.(headers.authorization);
    if (nameOf !== undefined && name === undefined) return unauthenticatedAnswer();
    const waitMs = waitOf?.(name ?? clientOfAddress(address())) ?? 0;
    if (waitMs > 0) return rateLimitedAnswer(waitMs);
    const metadata = read?.(headers);
    return metadata !== undefined && "problem" in metadata
      ? refusalAnswer("malformed", metadata.problem)
      : { kind: "entered", name, metadata };
  };
}
