import { join } from "node:path";
import { z } from "zod";
import { type ApiConfig, apiConfig } from "../../api/config.ts";
import { explainerConfig } from "../../api/llm/config.ts";
import { startApiProcess } from "../../api/start-api-process.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

const answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ extensions: z.object({ code: z.string() }).loose() }).loose()).optional(),
});

/** The API's own process with a language model, over a fresh database. */
export interface ExplainingApi {
  /** A connection of its own, as the stage has. */
  readonly stage: Store;
  readonly outcomes: readonly string[];
  ask(query: string, headers?: Readonly<Record<string, string>>): Promise<z.infer<typeof answer>>;
  /** Another process over the same database takes its place. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts it on a free port. */
export async function startExplainingApi(
  explainer: Readonly<Record<string, unknown>>,
  settings: Partial<ApiConfig> = {},
): Promise<ExplainingApi> {
  const directory = temporaryDirectory("logbert-llm");
  const path = join(directory, "logbert.db");
  const stage = await openStore({ path });
  const outcomes: string[] = [];
  const start = () =>
    startApiProcess({
      config: apiConfig.parse({ endpoint: "127.0.0.1:0", ...settings }),
      explainer: explainerConfig.parse(explainer),
      store: { path },
      version: "1.2.3",
      uiDirectory: directory,
      onError: () => undefined,
      onExplained: (outcome) => outcomes.push(outcome),
    });
  let api = await start();
  return {
    stage,
    outcomes,
    async ask(query, headers = {}) {
      const response = await fetch(`http://${api.address}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ query }),
      });
      return answer.parse(await response.json());
    },
    async restart() {
      await api.stop();
      api = await start();
    },
    async close() {
      await api.stop();
      await stage.close();
    },
  };
}
