import type { IncomingMessage, ServerResponse } from "node:http";
import type { GraphQLError } from "graphql";

/** What is read, and for how long, from somebody who goes on sending after the answer. */
const LINGER_BYTES_MAX = 64 * 1_048_576;
const LINGER_MS_MAX = 10_000;

/**
 * Answers with an error and closes the connection, but first lets the caller say to the end what is not listened to: a connection that is
 * closed with something unread in it is reset, and the caller would not read why. The answer is whole before that, by its length.
 */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  { message, extensions }: GraphQLError,
): void {
  const text = JSON.stringify({ errors: [{ message, extensions }] });
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    connection: "close",
  });
  response.write(text);
  if (request.readableEnded) response.end();
  else discard(request, () => response.end());
}

function discard(request: IncomingMessage, onEnd: () => void): void {
  let bytes = 0;
  const end = () => {
    clearTimeout(timer);
    onEnd();
  };
  const timer = setTimeout(end, LINGER_MS_MAX).unref();
  request.once("close", end);
  request.once("end", end);
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > LINGER_BYTES_MAX) end();
  });
  request.resume();
}
