import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { ErrorAnswer } from "./answer.ts";
import { clientOfAddress } from "./client-address.ts";
import type { Entry } from "./entrance.ts";
import type { HandlePorts } from "./handle.ts";

/** What a call of gRPC is let in by. */
export type CallPorts = Pick<HandlePorts, "entrance" | "observer">;

/** Whether a call may come in, or one more request on it. What is refused is counted. */
export function admitCall(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  { entrance, observer }: CallPorts,
): Entry | ErrorAnswer {
  const entry = entrance(headers, () => stream.session?.socket.remoteAddress);
  if (entry.kind === "error") observer.refused(entry.reason, "grpc");
  return entry;
}

/** Who makes a call that came in: a token's name, or an address where there are no tokens. */
export function clientOf(stream: ServerHttp2Stream, { name }: Entry): string {
  return name ?? clientOfAddress(stream.session?.socket.remoteAddress);
}
