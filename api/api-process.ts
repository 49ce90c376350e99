import { openStore } from "../store/open-store.ts";
import { type FromApi, startMessage, type ToApi } from "./api-messages.ts";
import { type Api, startApi } from "./server.ts";

/** The API's process: started by api-process-client, it ends when it is told to, or when its parent is gone. */
const say = (message: FromApi) => {
  if (process.connected) process.send?.(message);
};
let stop: () => Promise<void> = async () => undefined;
let api: Api | undefined;

process.on("message", (message: ToApi) => {
  if (message.kind === "records") api?.show(message.records);
  else if (message.kind === "stop") void leave();
  else start(message).catch(fail);
});
process.on("disconnect", () => void leave());
// The parent decides when to stop: a terminal sends Ctrl-C to both.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);

async function start(message: ToApi): Promise<void> {
  const { config, store: storeSettings, version, uiDirectory } = startMessage.parse(message);
  const store = await openStore(storeSettings);
  stop = () => store.close();
  api = await startApi({
    config,
    store,
    now: Date.now,
    version,
    uiDirectory,
    onWatched: (isWatched) => say({ kind: "watched", isWatched }),
    onError: (error) => say({ kind: "error", reason: describe(error) }),
  });
  const { close } = api;
  stop = async () => {
    await close();
    await store.close();
  };
  say({ kind: "listening", address: api.address });
}

function fail(error: unknown): void {
  const remedy = error instanceof Error && "remedy" in error ? String(error.remedy) : "";
  say({ kind: "failed", message: error instanceof Error ? error.message : String(error), remedy });
  void leave();
}

/** Once: the parent's word and its end may both come. */
async function leave(): Promise<void> {
  const close = stop;
  stop = async () => undefined;
  await close();
  if (process.connected) process.disconnect();
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
