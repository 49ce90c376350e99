import { openStore } from "../store/open-store.ts";
import { type FromApi, startMessage, type ToApi } from "./api-messages.ts";
import { type Api, startApi } from "./server.ts";

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
  const { config, store: storeSettings, version, uiDirectory } = startMessage.parse(message);
  const store = await openStore(storeSettings);
  const running = await startApi({
    config,
    store,
    now: Date.now,
    version,
    uiDirectory,
    onWatched: (isWatched) => say({ kind: "watched", isWatched }),
    onError: (error) => say({ kind: "error", reason: describe(error) }),
  }).catch(async (error) => {
    await store.close();
    throw error;
  });
  api = running;
  if (process.connected) say({ kind: "listening", address: running.address });
  else void leave();
  return async () => {
    await running.close();
    await store.close();
  };
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
