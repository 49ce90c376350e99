import { createHmac, timingSafeEqual } from "node:crypto";

/** How long a link in a message can be used. */
const VALID_MS = 7 * 86_400_000;

/** What whoever has a link may say, and nothing else. */
export interface LinkRight {
  readonly incidentId: string;
  readonly isTrueAnomaly: boolean;
  /** The channel that the link was sent to. */
  readonly channel: string;
}

/**
 * A right as text that only who knows the secret can write.
 *
 * Example: "01JA….e.mfx3k2.ops.mAc…": the incident, expected, until when, the channel, and the HMAC-SHA256 of it all.
 */
export function toToken(
  secret: string,
  { incidentId, isTrueAnomaly, channel }: LinkRight,
  nowMs: number,
): string {
  const until = Math.floor((nowMs + VALID_MS) / 1_000).toString(36);
  const claim = [incidentId, isTrueAnomaly ? "r" : "e", until, channel].join(".");
  return `${claim}.${sign(secret, claim).toString("base64url")}`;
}

/** What a token gives the right to; undefined where it was not written by us, or is too old. */
export function readToken(secret: string, token: string, nowMs: number): LinkRight | undefined {
  const [, claim, incidentId, word, until, channel, signature] =
    /^(([0-9A-Za-z]{1,64})\.([re])\.([0-9a-z]{1,9})\.([0-9a-z_-]{1,40}))\.([0-9A-Za-z_-]{43})$/.exec(token) ??
    [];
  if (claim === undefined || incidentId === undefined || until === undefined) return undefined;
  if (channel === undefined || signature === undefined) return undefined;
  const given = Buffer.from(signature, "base64url");
  const own = sign(secret, claim);
  if (given.length !== own.length || !timingSafeEqual(given, own)) return undefined;
  if (Number.parseInt(until, 36) * 1_000 < nowMs) return undefined;
  return { incidentId, isTrueAnomaly: word === "r", channel };
}

function sign(secret: string, claim: string): Buffer {
  // A purpose of its own: the same secret signs nothing else by it.
  return createHmac("sha256", secret).update(`logbert verdict 1\n${claim}`).digest();
}
