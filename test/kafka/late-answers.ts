import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A way to a broker, on which an answer can be kept back. */
export interface LateAnswers {
  /** Whether an answer is kept back. */
  readonly isHolding: () => boolean;
  /** How many requests of that kind have gone to the broker (Kafka protocol, "Api Keys"). */
  readonly requests: (apiKey: number) => number;
  /** Lets everything through, what was kept back first. */
  letGo(): void;
  stop(): void;
}

/** Of a request: behind its length (Kafka protocol, "Request Header"). */
const API_KEY_AT = 4;

/**
 * Passes everything on, in this process (none of which may wait for a client outside meanwhile), but keeps back the first answer that contains a text, and those behind it on the same connection.
 * @param port where it listens
 * @param brokerPort where the broker does
 */
export async function startLateAnswers(port: number, brokerPort: number, text: string): Promise<LateAnswers> {
  const requests = new Map<number, number>();
  const sockets = new Set<Socket>();
  const held: (() => void)[] = [];
  let isOver = false;
  const server = createServer((client) => {
    const broker = connect(brokerPort, "127.0.0.1");
    let isLate = false;
    for (const [socket, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => other.destroy());
    }
    client.on("data", (request: Buffer) => {
      const apiKey = request.readInt16BE(API_KEY_AT);
      requests.set(apiKey, (requests.get(apiKey) ?? 0) + 1);
      broker.write(request);
    });
    broker.on("data", (answer: Buffer) => {
      isLate ||= answer.includes(text);
      if (isLate && !isOver) held.push(() => client.write(answer));
      else client.write(answer);
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    isHolding: () => held.length > 0 && !isOver,
    requests: (apiKey) => requests.get(apiKey) ?? 0,
    letGo() {
      isOver = true;
      for (const pass of held.splice(0)) pass();
    },
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
