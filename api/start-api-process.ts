import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { StoreSettings } from "../store/config.ts";
import type { LiveRecord } from "../store/live-record.ts";
import { type AlertsConfig, alertsConfig } from "./alerts/config.ts";
import type { AlertOutcome } from "./alerts/send-messages.ts";
import type { FromApi, ToApi } from "./api-messages.ts";
import type { ApiConfig } from "./config.ts";
import { type ExplainerConfig, explainerConfig } from "./llm/config.ts";
import type { LlmOutcome } from "./llm/outcomes.ts";
import { lowerPriority } from "./lower-priority.ts";

/** What an API process is started with. */
export interface ApiProcessOptions {
  readonly config: ApiConfig;
  /** None by default. */
  readonly alerts?: AlertsConfig | undefined;
  /** No language model by default. */
  readonly explainer?: ExplainerConfig | undefined;
  readonly store: StoreSettings;
  /** When the database is there and up to date; the process reads its program meanwhile. At once by default. */
  readonly storeIsOpen?: Promise<unknown>;
  readonly version: string;
  /** Directory of the built UI. */
  readonly uiDirectory: string;
  /** Told what went wrong inside, and that the process has ended unasked; it is started again. */
  readonly onError: (reason: string) => void;
  /** Told how each try to send an alert ended. */
  readonly onAlert?: ((channel: string, outcome: AlertOutcome) => void) | undefined;
  /** Told how each question to a language model ended. */
  readonly onExplained?: ((outcome: LlmOutcome) => void) | undefined;
}

/** The API in a process of its own: whatever a query costs, the stage does not pay for it. */
export interface ApiProcess {
  /** host:port really bound; "" where the API is switched off. */
  readonly address: string;
  /** How live records are shown; undefined while nobody watches. */
  live(): ((records: readonly LiveRecord[]) => void) | undefined;
  stop(): Promise<void>;
}

/** The API could not be started: what to do about it. */
export class ApiStartError extends Error {
  override readonly name = "ApiStartError";
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

const RESTART_DELAY_MS = 1_000;
const KILL_AFTER_MS = 5_000;
/** Messages on their way to the API beyond which live records are dropped: they are a sample anyway. */
const MESSAGES_ON_THE_WAY_MAX = 20;

/** Starts the process and waits until it listens; from then on the stage comes before it. Rejects with an {@link ApiStartError}. */
export async function startApiProcess(options: ApiProcessOptions): Promise<ApiProcess> {
  const state = { isWatched: false, isStopping: false, onTheWay: 0 };
  let child = await spawn(options);
  // Not earlier: the stage opens its doors when it listens, and has nothing to do before.
  lowerPriority(child.process.pid);

  const post = (message: ToApi) => {
    state.onTheWay += 1;
    child.process.send(message, () => {
      state.onTheWay -= 1;
    });
  };
  let restarting: Promise<void> = Promise.resolve();
  const restartLater = () => {
    setTimeout(() => {
      restarting = restart();
    }, RESTART_DELAY_MS).unref();
  };
  const restart = async () => {
    if (state.isStopping) return;
    try {
      child = await spawn(options, lowerPriority);
      attach();
    } catch (error) {
      options.onError(String(error));
      restartLater();
    }
  };
  const attach = () => {
    child.process.on("message", (message: FromApi) => {
      if (message.kind === "watched") state.isWatched = message.isWatched;
      if (message.kind === "alerted") options.onAlert?.(message.channel, message.outcome);
      if (message.kind === "explained") options.onExplained?.(message.outcome);
      if (message.kind === "error") options.onError(message.reason);
    });
    child.process.on("exit", (code) => {
      state.isWatched = false;
      state.onTheWay = 0;
      if (state.isStopping) return;
      options.onError(`the API process has ended (${code}); it is started again`);
      restartLater();
    });
  };
  attach();

  return {
    address: child.address,
    live: () =>
      state.isWatched && child.process.connected && state.onTheWay < MESSAGES_ON_THE_WAY_MAX
        ? (records) => post({ kind: "records", records })
        : undefined,
    async stop() {
      state.isStopping = true;
      // A child that is being started would hold the port for ever.
      await restarting;
      if (child.process.exitCode !== null || !child.process.connected) return;
      const exited = once(child.process, "exit");
      const timer = setTimeout(() => child.process.kill("SIGKILL"), KILL_AFTER_MS);
      post({ kind: "stop" });
      await exited;
      clearTimeout(timer);
    },
  };
}

/**
 * A child that listens.
 *
 * @param onForked told of its id before it has begun
 */
async function spawn(
  {
    config,
    alerts = alertsConfig.parse({}),
    explainer = explainerConfig.parse({}),
    store,
    storeIsOpen = Promise.resolve(),
    version,
    uiDirectory,
  }: ApiProcessOptions,
  onForked: (pid: number | undefined) => void = () => undefined,
): Promise<{ readonly process: ChildProcess; readonly address: string }> {
  const file = fileURLToPath(new URL(`./api-process${extname(import.meta.filename)}`, import.meta.url));
  const child = fork(file, { serialization: "advanced", stdio: ["ignore", "ignore", "inherit", "ipc"] });
  onForked(child.pid);
  return new Promise((resolve, reject) => {
    storeIsOpen.then(
      () => {
        if (child.connected)
          child.send({
            kind: "start",
            config,
            alerts,
            explainer,
            store,
            version,
            uiDirectory,
          } satisfies ToApi);
      },
      (error: unknown) => {
        child.kill("SIGKILL");
        reject(error);
      },
    );
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(
        new ApiStartError(`the API process ended at its start (${code})`, "See the log for its reason."),
      ),
    );
    child.on("message", (message: FromApi) => {
      if (message.kind === "listening") resolve({ process: child, address: message.address });
      if (message.kind === "failed") reject(new ApiStartError(message.message, message.remedy));
    });
  });
}
