import type { ChannelWork } from "../../store/alert.ts";
import type { Store } from "../../store/store.ts";
import { createAlertLease } from "./alert-lease.ts";
import { createTurns } from "./channel-turns.ts";
import type { AlertsConfig } from "./config.ts";
import { createLinks } from "./create-links.ts";
import { openChannel } from "./open-channel.ts";
import { planHealth } from "./plan-health.ts";
import { repeat, surviving } from "./repeat.ts";
import type { AlertOutcome } from "./send-messages.ts";

const TURN_MS = 1_000;
/** Of turns, between two in which the lease is prolonged. */
const RENEW_TURNS = 3;
/** A message on its way is waited for so long: less than the process has to leave. */
const CLOSE_MS_MAX = 4_000;

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
  /** How often is looked whether there is something to do; a second by default. */
  readonly turnMs?: number;
  readonly onOutcome: (channel: string, outcome: AlertOutcome) => void;
  readonly onError: (error: unknown) => void;
}

/** Running alerts. */
export interface Alerts {
  close(): Promise<void>;
}

/**
 * Tells incidents, and whether the detector works, in the configured channels, until it is closed: what is to be told follows from the
 * database, so that nothing is lost while nobody runs. Without channels it does nothing at all: another process over the same database
 * may have some.
 */
export async function startAlerts(ports: AlertPorts): Promise<Alerts> {
  const { config, store, now, holder, turnMs = TURN_MS, onError } = ports;
  if (config.channels.length === 0) return { close: async () => undefined };
  const lease = createAlertLease({
    store,
    holder,
    channels: config.channels.map(({ name }) => name),
    renewMs: RENEW_TURNS * turnMs,
    now,
    elapsed: () => performance.now(),
  });
  const renew = surviving(lease.renew, onError);
  // What cannot be written now is tried again: the page is to be seen all the same.
  await renew();
  const channels = await openChannels(ports);
  let isClosing = false;
  const mayTell = () => !isClosing && lease.isHeld();
  const expireMs = config.expire_hours * 3_600_000;
  const turnPorts = { ...ports, random: Math.random, expireMs, mayTell };
  const turns = new Map(channels.map((channel) => [channel.settings.name, createTurns(channel, turnPorts)]));
  const tellHealth = surviving((works: readonly ChannelWork[]) => planHealth(works, ports), onError);
  const look = surviving(async () => {
    if (!mayTell()) return;
    const works = await store.alertWork();
    for (const work of works) turns.get(work.name)?.offer(work);
    await tellHealth(works);
  }, onError);
  const renewing = repeat(turnMs, renew);
  const looking = repeat(turnMs, look);
  const stop = async () => {
    await Promise.all([looking.stop(), renewing.stop()]);
    await Promise.all([...turns.values()].map((one) => one.ended()));
  };
  return {
    async close() {
      isClosing = true;
      // While a message is on its way nobody else is to send it: then the lease ends by itself, later than the try does.
      if (await endsWithin(stop(), CLOSE_MS_MAX)) await lease.release().catch(onError);
      await endsWithin(Promise.all(channels.map((one) => one.close())), CLOSE_MS_MAX);
    },
  };
}

function openChannels({ config, linkSecret, now }: AlertPorts) {
  return Promise.all(
    config.channels.map((one) =>
      openChannel(one, {
        links: createLinks({ publicUrl: config.public_url, secret: linkSecret, now }, one.name),
        now,
        isPrivateAllowed: config.allow_private_addresses,
      }),
    ),
  );
}

/** Whether something ends in time. */
async function endsWithin(work: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, timeoutMs, false);
  const hasEnded = await Promise.race([work.then(() => true), promise]);
  clearTimeout(timer);
  return hasEnded;
}
