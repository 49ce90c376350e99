import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { alertsConfig } from "../../api/alerts/config.ts";
import type { AlertOutcome } from "../../api/alerts/send-messages.ts";
import { startAlerts } from "../../api/alerts/start-alerts.ts";
import type { Anomaly } from "../../store/anomaly.ts";
import { openStore } from "../../store/open-store.ts";
import { openSqlite } from "../../store/sqlite.ts";
import type { Store } from "../../store/store.ts";
import { NOTHING } from "../api/start-api.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { anAnomaly } from "../store-contract/an-anomaly.ts";

/** A stage's database, and what tells of it. */
export interface Telling {
  readonly stage: Store;
  /** Of its file. */
  readonly path: string;
  readonly outcomes: readonly string[];
  readonly errors: readonly string[];
  /** By how much the clock of who tells goes ahead. */
  readonly clock: { aheadMs: number };
  /** Begins to tell. Called again, another process does so, with settings of its own if any. */
  start(own?: Readonly<Record<string, unknown>>): Promise<{ close(): Promise<void> }>;
  /** An anomaly now. */
  anomaly(number: number, fields?: Partial<Anomaly>): Promise<void>;
  close(): Promise<void>;
}

/** Often, so that tests do not wait. */
const TURN_MS = 20;

/** Over a fresh database; nothing is told before it is started. */
export async function createTelling(settings: Readonly<Record<string, unknown>>): Promise<Telling> {
  const path = join(temporaryDirectory("logbert-alerts"), "logbert.db");
  const stage = await openStore({ path });
  // One for all that tell: two connections of one thread would wait for each other's transactions, and neither could go on.
  const store = await openSqlite(path, Date.now);
  const outcomes: string[] = [];
  const errors: string[] = [];
  const clock = { aheadMs: 0 };
  const running: (() => Promise<void>)[] = [];
  return {
    stage,
    path,
    outcomes,
    errors,
    clock,
    async start(own = settings) {
      const alerts = await startAlerts({
        config: alertsConfig.parse({ gather_seconds: 0, ...own }),
        store,
        now: () => Date.now() + clock.aheadMs,
        holder: randomUUID(),
        linkSecret: undefined,
        turnMs: TURN_MS,
        onOutcome: (channel: string, outcome: AlertOutcome) => outcomes.push(`${channel} ${outcome}`),
        onError: (error) => errors.push(String(error)),
      });
      let isClosed = false;
      const close = async () => {
        if (isClosed) return;
        isClosed = true;
        await alerts.close();
      };
      running.push(close);
      return { close };
    },
    async anomaly(number, fields) {
      await stage.saveBatch({
        ...NOTHING,
        anomalies: [anAnomaly(number, { timeMs: Date.now() + clock.aheadMs, ...fields })],
      });
    },
    async close() {
      for (const close of running) await close();
      await store.close();
      await stage.close();
    },
  };
}
