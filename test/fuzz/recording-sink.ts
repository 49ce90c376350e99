import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Fingerprint, fingerprintOf } from "./fingerprint.ts";

/** A next hop that takes everything and remembers what arrived. */
export interface RecordingSink {
  readonly url: string;
  /** How often each request arrived since the last `take`, by its fingerprint. */
  take(): Map<string, number>;
  readonly records: number;
  /** Answers nothing before `release` is called; `arrived` resolves when so many requests wait. */
  hold(requests: number): { readonly arrived: Promise<void>; release(): void };
  close(): Promise<void>;
}

/** Starts it on a free port of the loopback interface, as OTLP/HTTP. */
export async function startRecordingSink(): Promise<RecordingSink> {
  let arrivals = new Map<string, number>();
  let records = 0;
  let gate: { readonly arrived: () => void; readonly released: Promise<void> } | undefined;
  const note = ({ digest, records: added }: Fingerprint) => {
    arrivals.set(digest, (arrivals.get(digest) ?? 0) + 1);
    records += added;
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    note(fingerprintOf(Buffer.concat(chunks)));
    gate?.arrived();
    await gate?.released;
    response.writeHead(200, { "content-length": 0 }).end();
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1/logs`,
    take() {
      const taken = arrivals;
      arrivals = new Map();
      return taken;
    },
    get records() {
      return records;
    },
    hold(requests) {
      const arrived = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      let waiting = 0;
      const count = () => {
        waiting += 1;
        if (waiting === requests) arrived.resolve();
      };
      gate = { arrived: count, released: released.promise };
      return {
        arrived: arrived.promise,
        release: () => {
          gate = undefined;
          released.resolve();
        },
      };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
