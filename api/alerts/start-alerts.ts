import type { Store } from "../../store/store.ts";
import { lazily } from "../lazily.ts";
import { createAlertLease } from "./alert-lease.ts";
import type { AlertsConfig } from "./config.ts";
import { createLinks } from "./create-links.ts";
import { type OpenChannel, openChannel } from "./open-channel.ts";
import { noteChanges, planMessages } from "./plan-alerts.ts";
import { createHealthPlan } from "./plan-health.ts";
import { type AlertOutcome, type SendPorts, sendMessages } from "./send-messages.ts";

/** How often each channel looks at what has changed, and tries to send what waits. */
const TURN_MS = 1_000;
const RENEW_MS = 3_000;
/** A message on its way is waited for so long; then it is sent again at the next start, under the same key. */
const CLOSE_MS_MAX = 2_000;

/** What alerts are started with. */
export interface AlertPorts {
  readonly config: AlertsConfig;
  readonly store: Store;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A name that no other process has. */
  readonly holder: string;
  /** Signs links; undefined where messages have none to say something by. */
  readonly linkSecret: string | undefined;
  readonly onOutcome: (channel: string, outcome: AlertOutcome) => void;
  readonly onError: (error: unknown) => void;
}

/** Running alerts. */
export interface Alerts {
  close(): Promise<void>;
}

/** Tells incidents, and whether the detector works, in the configured channels, until it is closed: what is to be told follows from the database, so that nothing is lost
 * while nobody runs. Each channel goes its own way, whatever another one waits for. */
export async function startAlerts(ports: AlertPorts): Promise<Alerts> {
  const { config, store, now, onError } = ports;
  const synced = lazily(() => store.syncAlertChannels(config.channels.map(({ name }) => name)));
  // What cannot be written now is tried again: the page is to be seen all the same.
  await synced.get().catch(onError);
  if (config.channels.length === 0) return { close: async () => undefined };
  const lease = createAlertLease(store, ports.holder, now, () => performance.now());
  const channels = await Promise.all(
    config.channels.map((one) =>
      openChannel(one, {
        links: createLinks({ publicUrl: config.public_url, secret: ports.linkSecret, now }, one.name),
        now,
      }),
    ),
  );
  const renewing = repeat(RENEW_MS, () => lease.renew(), onError);
  const sending: SendPorts = {
    store,
    now,
    random: Math.random,
    expireMs: config.expire_hours * 3_600_000,
    mayTell: lease.isHeld,
    onOutcome: ports.onOutcome,
    onError,
  };
  const planning = { store, config, holder: ports.holder, now };
  const turns = channels.map((channel) => {
    const planHealth = createHealthPlan(channel.settings, planning);
    const turn = async () => {
      if (!lease.isHeld()) return;
      await synced.get();
      await planHealth();
      await plan(channel, planning);
      await sendMessages(channel, sending);
    };
    return repeat(TURN_MS, turn, onError);
  });
  return {
    async close() {
      const ended = Promise.all([...turns, renewing].map((one) => one.stop()));
      await Promise.race([ended, later(CLOSE_MS_MAX)]);
      await lease.release();
      await Promise.race([Promise.all(channels.map((one) => one.close())), later(CLOSE_MS_MAX)]);
    },
  };
}

async function plan({ settings }: OpenChannel, ports: Parameters<typeof noteChanges>[1]): Promise<void> {
  let isMore = true;
  while (isMore) isMore = await noteChanges(settings, ports);
  await planMessages(settings, ports);
}

/** Does some work again and again, never twice at a time; tells of the first of several failures in a row. */
function repeat(
  intervalMs: number,
  work: () => Promise<void>,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  let isStopped = false;
  let isFailing = false;
  let wake: () => void = () => undefined;
  const run = async () => {
    while (!isStopped) {
      try {
        await work();
        isFailing = false;
      } catch (error) {
        if (!isFailing && !isStopped) onError(error);
        isFailing = true;
      }
      if (isStopped) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, intervalMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      await promise;
    }
  };
  const running = run();
  return {
    stop() {
      isStopped = true;
      wake();
      return running;
    },
  };
}

function later(delayMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, delayMs).unref();
  return promise;
}
