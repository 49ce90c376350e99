import { setTimeout as delay } from "node:timers/promises";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { type Account, createLedger, type Ledger } from "./ledger.ts";
import { numbersIn } from "./numbered-requests.ts";
import { PROTOCOLS, startRecordingHop } from "./recording-hop.ts";
import { startSender } from "./sender.ts";

/** How long a stage lives at most before it is killed, from when it was ready. */
const LIFE_MS_MAX = 1_500;
export const RECORDS_EACH = 50;
const SENDERS_EACH = 2;

/** What the kills came to. */
export interface KillReport extends Account {
  readonly kills: number;
  readonly requests: number;
}

/** What is special about a run. */
export interface KillOptions {
  /** Told after each restart. */
  readonly onKill?: (kill: number) => void;
  readonly settings?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Told what the next hop has, beside the ledger. */
  readonly onArrived?: (body: Uint8Array) => void;
  readonly ledger?: Ledger;
  /** Whether what the run is about has happened: until then the senders go on after the last kill. */
  readonly isEnough?: () => boolean;
}

/**
 * Kills the stage (SIGKILL) at random moments while senders of both protocols send, and starts it each time on the same data
 * and ports. Every request is answered for good in the end.
 * @param random from 0 to 1
 */
export async function killUnderLoad(
  kills: number,
  random: () => number,
  { onKill, settings: more, onArrived, ledger = createLedger(), isEnough = () => true }: KillOptions = {},
): Promise<KillReport> {
  const hop = await startRecordingHop("grpc", (body) => {
    ledger.arrived(numbersIn(body));
    onArrived?.(body);
  });
  // Everything is written down as often as it can be, so that kills fall into it.
  const settings = {
    forward: { endpoint: hop.endpoint },
    remember: { flush_interval_ms: 50, snapshot_interval_ms: 1_000 },
    ...more,
  };
  let stage: LogbertProcess = await startLogbert({ settings });
  const { ports, directory } = stage;
  const senders = PROTOCOLS.flatMap((protocol) =>
    Array.from({ length: SENDERS_EACH }, (_, i) =>
      startSender({
        protocol,
        address: `127.0.0.1:${ports[protocol]}`,
        stream: `${protocol}-${i}`,
        recordsEach: RECORDS_EACH,
        ledger,
      }),
    ),
  );
  try {
    for (let kill = 1; kill <= kills; kill += 1) {
      await delay(random() * LIFE_MS_MAX);
      await stage.kill();
      stage = await startLogbert({ settings, directory, ports });
      onKill?.(kill);
    }
    await waitFor("what the run is about", () => (isEnough() ? true : undefined));
    await Promise.all(senders.map((sender) => sender.finish()));
  } finally {
    await stage.stop();
    await hop.down();
  }
  const requests = senders.reduce((sum, sender) => sum + sender.done(), 0);
  return { kills, requests, ...ledger.account() };
}
