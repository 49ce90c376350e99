import { join } from "node:path";
import { type ApiConfig, apiConfig } from "../../api/config.ts";
import { explainerConfig } from "../../api/llm/config.ts";
import { startApiProcess } from "../../api/start-api-process.ts";
import type { LiveRecord } from "../../store/live-record.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { freePort } from "../helpers/free-port.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

/** The real API with the built UI over a real database of its own. */
export interface Product {
  readonly url: string;
  /** What a stage would write to. */
  readonly store: Store;
  /** Shows records to who watches the tail, as the stage does; whether anybody does. */
  show(records: readonly LiveRecord[]): boolean;
  /** Stops the API as if it had crashed, keeping the database. */
  stopApi(): Promise<void>;
  /** Starts the API anew at the same address. */
  startApi(): Promise<void>;
  close(): Promise<void>;
}

/** A fresh database, and the API over it in a process of its own, as the product runs it. */
export async function startProduct(
  uiDirectory: string,
  settings: Partial<ApiConfig> = {},
  explainer: Readonly<Record<string, unknown>> = {},
): Promise<Product> {
  const path = join(temporaryDirectory("logbert-browser"), "logbert.db");
  const store = await openStore({ path });
  const endpoint = `127.0.0.1:${await freePort()}`;
  const start = () =>
    startApiProcess({
      config: apiConfig.parse({ endpoint, ...settings }),
      explainer: explainerConfig.parse(explainer),
      store: { path },
      version: "0.0.0",
      uiDirectory,
      onError: (reason) => process.stderr.write(`${reason}\n`),
    });
  let api = await start();
  return {
    url: `http://${endpoint}`,
    store,
    show(records) {
      const show = api.live();
      show?.(records);
      return show !== undefined;
    },
    stopApi: () => api.stop(),
    async startApi() {
      api = await start();
    },
    async close() {
      await api.stop();
      await store.close();
    },
  };
}
