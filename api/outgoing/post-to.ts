import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { hostOf, mayReach, type Reach } from "./reach.ts";

/** What is posted where. */
export interface OutgoingPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
  /** Where it may lead. */
  readonly reach: Reach;
}

/** Finds the addresses of a name. */
export type Resolve = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** An address is not to be reached by this. Nothing of it is told: where a secret URL leads is a secret. */
class AddressError extends Error {
  override readonly name = "AddressError";
  readonly code = "PRIVATE_ADDRESS";
  constructor() {
    super("the address is private, and not allowed");
  }
}

/** Statuses whose answers have no body (Fetch standard, "null body status"). */
const NULL_BODY = new Set([101, 204, 205, 304]);

/**
 * Posts to where it was configured to go, and nowhere else. Every address is looked at when it is connected to, so that a name
 * that leads elsewhere the second time (DNS rebinding) gains nothing; redirects are answers like others. Rejects with the
 * signal's reason, or with an error whose cause has a code.
 */
export function postTo(post: OutgoingPost, resolve: Resolve = lookup): Promise<Response> {
  const { headers, body, signal, reach } = post;
  const url = new URL(post.url);
  const host = hostOf(url);
  return new Promise((done, reject) => {
    const fail = (cause: unknown) =>
      reject(signal.aborted ? signal.reason : new Error("the request failed", { cause }));
    if (isIP(host) !== 0 && !mayReach(host, reach)) return fail(new AddressError());
    const isTls = url.protocol === "https:";
    const send = isTls ? requestHttps : requestHttp;
    const sent = send(
      url,
      {
        method: "POST",
        headers: { "content-length": Buffer.byteLength(body), ...headers },
        agent: isTls ? new HttpsAgent(proxied()) : new HttpAgent(proxied()),
        signal,
        lookup: lookupWithin(host, reach, resolve),
      },
      (response) => {
        try {
          done(toResponse(response));
        } catch (error) {
          response.destroy();
          fail(error);
        }
      },
    );
    sent.on("error", fail);
    // An upgrade that nobody asked for ends it without another word.
    sent.on("close", () => fail(new Error("the connection was closed without an answer")));
    sent.end(body);
  });
}

/** As Node does by itself where it is told to. */
function proxied() {
  return process.env["NODE_USE_ENV_PROXY"] === "1" ? { proxyEnv: process.env } : {};
}

/**
 * Finds the addresses of a name; an error when one of them is out of reach. Another name than the host's is that of a proxy,
 * which is where the operator says: what it lets through is for it to decide.
 */
function lookupWithin(host: string, reach: Reach, resolve: Resolve): LookupFunction {
  return (hostname, options, callback) =>
    resolve(hostname, { ...options, all: true }, (error, addresses = []) => {
      const [first] = addresses;
      const isOut = hostname === host && addresses.some(({ address }) => !mayReach(address, reach));
      if (error !== null || isOut || first === undefined) callback(error ?? new AddressError(), []);
      else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
}

function toResponse(incoming: IncomingMessage): Response {
  const { statusCode: status = 0, headers } = incoming;
  const told = new Headers();
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) told.set(name, String(value));
  if (NULL_BODY.has(status)) incoming.resume();
  const body = NULL_BODY.has(status) ? null : new Response(Readable.toWeb(unpacked(incoming))).body;
  return new Response(body, { status, headers: told });
}

/** Piece by piece, as it is read: who stops reading ends it. */
function unpacked(incoming: IncomingMessage): Readable {
  const decoder = decoderOf(incoming.headers["content-encoding"]);
  if (decoder === undefined) return incoming;
  incoming.once("error", (error) => decoder.destroy(error));
  decoder.once("close", () => incoming.destroy());
  return incoming.pipe(decoder);
}

function decoderOf(encoding: string | undefined) {
  switch (encoding?.trim().toLowerCase()) {
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "deflate":
      return createInflate();
    case "br":
      return createBrotliDecompress();
    default:
      return undefined;
  }
}
