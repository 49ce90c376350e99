import type { Http2Session } from "node:http2";
import type { Socket } from "node:net";

/** For the other side to close a connection that this side has closed. */
const CLOSE_MS_MAX = 5_000;

/**
 * Ends a connection: no further call is made on it, those under way may end within the grace. Node destroys a session without
 * calls at once but only half-closes its socket, and after that `session.destroy()` does nothing: a peer that hangs would keep
 * the socket, and with it the process, for ever.
 * @param socket the session's own, not the one that `session.socket` stands for
 */
export function endSession(session: Http2Session, socket: Socket, graceMs: number): void {
  if (!session.closed && !session.destroyed) session.close();
  destroyAfter(socket, graceMs, () => session.destroy());
}

/** Has the socket destroyed when the other side does not close it some time after this side has, whoever ended the session. */
export function closeInTime(socket: Socket, closeMsMax: number = CLOSE_MS_MAX): void {
  socket.once("finish", () => destroyAfter(socket, Math.min(closeMsMax, CLOSE_MS_MAX), () => undefined));
}

function destroyAfter(socket: Socket, graceMs: number, before: () => void): void {
  if (socket.destroyed) return;
  const force = setTimeout(() => {
    before();
    socket.destroy();
  }, graceMs).unref();
  socket.once("close", () => clearTimeout(force));
}
