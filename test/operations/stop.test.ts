import { createServer, type Socket } from "node:net";
import { status as Code } from "@grpc/grpc-js";
import { afterEach, expect, it } from "vitest";
import { aRequest } from "../edges/relay.ts";
import { sendGrpc } from "../edges/senders.ts";
import { createLedger } from "../faults/ledger.ts";
import { numbersIn } from "../faults/numbered-requests.ts";
import { startRecordingHop } from "../faults/recording-hop.ts";
import { startSender } from "../faults/sender.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { waitFor } from "../helpers/wait-for.ts";

let logbert: LogbertProcess | undefined;
afterEach(async () => void (await logbert?.kill()));

const sendersTo = ({ ports }: LogbertProcess, ledger: ReturnType<typeof createLedger>) =>
  (["grpc", "http"] as const).map((protocol) =>
    startSender({
      protocol,
      address: `127.0.0.1:${ports[protocol]}`,
      stream: protocol,
      recordsEach: 50,
      ledger,
    }),
  );

it("SIGTERM under load: what is under way is finished, what was acknowledged has arrived, and the next run takes over", async () => {
  const ledger = createLedger();
  const hop = await startRecordingHop("grpc", (body) => ledger.arrived(numbersIn(body)));
  const settings = { forward: { endpoint: hop.address } };
  const first = await startLogbert({ settings });
  const senders = sendersTo(first, ledger);
  await waitFor("some requests", async () => senders.every(({ done }) => done() > 5) || undefined);
  expect(await first.stop()).toBe(0);
  logbert = await startLogbert({ settings, ports: first.ports, directory: first.directory });
  const before = senders.map(({ done }) => done());
  await waitFor(
    "more requests",
    async () => senders.every(({ done }, i) => done() > (before[i] ?? 0) + 5) || undefined,
  );
  await Promise.all(senders.map(({ finish }) => finish()));
  expect(ledger.account()).toMatchObject({ lost: [], doubled: [], disordered: [], refused: 0 });
  await hop.down();
});

it("SIGTERM while the next hop hangs: its senders keep their records, the state is saved, and the exit code is 0", async () => {
  const sockets = new Set<Socket>();
  const hanging = createServer((socket) => sockets.add(socket)).listen(0, "127.0.0.1");
  await new Promise<void>((resolve) => hanging.once("listening", resolve));
  const address = hanging.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  logbert = await startLogbert({
    settings: { forward: { endpoint: `127.0.0.1:${address.port}`, timeout_ms: 600_000 } },
  });
  const waiting = sendGrpc(logbert.grpcEndpoint, aRequest());
  await waitFor(
    "the request to hang",
    async () => (await logbert?.metric("logbert_records_in_work")) || undefined,
  );
  expect(await logbert.stop()).toBe(0);
  expect((await waiting).code).toBe(Code.UNAVAILABLE);
  expect(logbert.stderr()).toContain('"stopped"');
  for (const socket of sockets) socket.destroy();
  hanging.close();
});
