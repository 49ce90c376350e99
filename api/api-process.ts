import { randomUUID } from "node:crypto";
import type { z } from "zod";
import { instanceOf } from "../store/config.ts";
import { openStore } from "../store/open-store.ts";
import type { Store } from "../store/store.ts";
import { keptLinkSecret, sharedLinkSecret } from "./alerts/link-secret.ts";
import type { Alerts } from "./alerts/start-alerts.ts";
import { type FromApi, startMessage, type ToApi } from "./api-messages.ts";
import { askedBy } from "./llm/config.ts";
import type { Explainer } from "./llm/explainer.ts";
import { type Api, type ApiPorts, startApi } from "./server.ts";

type Settings = z.infer<typeof startMessage>;

/** The API's process: started by api-process-client, it ends when it is told to, or when its parent is gone. */
const say = (message: FromApi) => {
  if (process.connected) process.send?.(message);
};
let api: Api | undefined;
/** Ends what was started. */
let started: Promise<() => Promise<void>> | undefined;
let isLeaving = false;
/** Nobody else ends a process whose parent is gone. */
const LEAVE_MS_MAX = 5_000;

process.on("message", (message: ToApi) => {
  if (message.kind === "records") api?.show(message.records);
  else if (message.kind === "stop") void leave();
  else {
    started = start(message);
    started.catch(fail);
  }
});
process.on("disconnect", () => void leave());
// The parent decides when to stop: a terminal sends Ctrl-C to both.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);

async function start(message: ToApi): Promise<() => Promise<void>> {
  const settings = startMessage.parse(message);
  const store = await openStore(settings.store);
  const stop = await startParts(settings, store).catch(async (error) => {
    await store.close();
    throw error;
  });
  if (process.connected) say({ kind: "listening", address: api?.address ?? "" });
  else void leave();
  return async () => {
    await stop();
    await store.close();
  };
}

/** The doors first: who cannot open them tells nothing. */
async function startParts(settings: Settings, store: Store): Promise<() => Promise<void>> {
  const { config } = settings;
  const linkSecret = await toLinkSecret(settings, store);
  const onError = (error: unknown) => say({ kind: "error", reason: describe(error) });
  const running =
    config.endpoint === "" ? undefined : await openDoors({ settings, store, linkSecret, onError });
  api = running;
  const telling = await tellAlerts({ settings, store, linkSecret, onError }).catch(async (error) => {
    await running?.close();
    throw error;
  });
  return async () => {
    await Promise.all([running?.close(), telling?.close()]);
  };
}

interface DoorPorts extends Pick<ApiPorts, "store" | "linkSecret" | "onError"> {
  readonly settings: Settings;
}

/** Undefined where there are no channels: then nothing of alerts is read, and the probes answer the sooner. */
async function tellAlerts({ settings, ...ports }: DoorPorts): Promise<Alerts | undefined> {
  const { alerts } = settings;
  if (alerts.channels.length === 0) return undefined;
  const { startAlerts } = await import("./alerts/start-alerts.ts");
  return startAlerts({
    ...ports,
    config: alerts,
    now: Date.now,
    holder: randomUUID(),
    onOutcome: (channel, outcome) => say({ kind: "alerted", channel, outcome }),
  });
}

/** The API, and the language model that only it asks. */
async function openDoors({ settings, store, linkSecret, onError }: DoorPorts): Promise<Api> {
  const { config, alerts, version, uiDirectory } = settings;
  const now = Date.now;
  const explainer = await explainerOf({ settings, store, linkSecret, onError });
  const doors = await startApi({
    config,
    alerts,
    linkSecret,
    explainer,
    store,
    now,
    instance: instanceOf(settings.store),
    version,
    uiDirectory,
    onWatched: (isWatched) => say({ kind: "watched", isWatched }),
    onError,
  });
  return {
    ...doors,
    async close() {
      explainer?.close();
      await doors.close();
    },
  };
}

/** Undefined where nobody is asked: then nothing of it is read. */
async function explainerOf({ settings, store, onError }: DoorPorts): Promise<Explainer | undefined> {
  if (askedBy(settings.explainer) === undefined) return undefined;
  const { openExplainer } = await import("./llm/open-explainer.ts");
  return openExplainer({
    config: settings.explainer,
    store,
    now: Date.now,
    onOutcome: (outcome) => say({ kind: "explained", outcome }),
    onError,
  });
}

/** Where nobody could follow a link there is none. */
async function toLinkSecret(
  { config, alerts, store: { path, url } }: Settings,
  store: Store,
): Promise<string | undefined> {
  const { channels, public_url: publicUrl, feedback_links: isWanted, link_secret: secret } = alerts;
  if (!isWanted || publicUrl === "" || config.endpoint === "" || channels.length === 0) return undefined;
  if (secret !== "") return secret;
  return url === "" ? keptLinkSecret(path) : sharedLinkSecret(store, path);
}

function fail(error: unknown): void {
  const remedy = error instanceof Error && "remedy" in error ? String(error.remedy) : "";
  say({ kind: "failed", message: error instanceof Error ? error.message : String(error), remedy });
  void leave();
}

/** Once: the parent's word and its end may both come, also while the API starts; then it is ended when it has. */
async function leave(): Promise<void> {
  if (isLeaving) return;
  isLeaving = true;
  setTimeout(() => process.exit(1), LEAVE_MS_MAX).unref();
  const stop = await started?.catch(() => undefined);
  await stop?.();
  if (process.connected) process.disconnect();
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
