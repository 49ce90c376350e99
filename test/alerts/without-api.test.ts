import { join } from "node:path";
import { expect, it } from "vitest";
import { alertsConfig } from "../../api/alerts/config.ts";
import { apiConfig } from "../../api/config.ts";
import { startApiProcess } from "../../api/start-api-process.ts";
import { openStore } from "../../store/open-store.ts";
import { NOTHING } from "../api/start-api.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { anAnomaly } from "../store-contract/an-anomaly.ts";
import { startReceiver } from "./receiver.ts";

it("incidents are told where the API is switched off, without links that nobody would answer", async () => {
  const receiver = await startReceiver();
  const path = join(temporaryDirectory("logbert-alerts"), "logbert.db");
  const stage = await openStore({ path });
  const outcomes: string[] = [];
  const api = await startApiProcess({
    config: apiConfig.parse({ endpoint: "" }),
    alerts: alertsConfig.parse({
      gather_seconds: 0,
      public_url: "https://logbert.example",
      channels: [{ kind: "slack", name: "ops", url: receiver.url, allow_private_addresses: true }],
    }),
    store: { path },
    version: "1.2.3",
    uiDirectory: "none",
    onError: () => undefined,
    onAlert: (channel, outcome) => outcomes.push(`${channel} ${outcome}`),
  });
  expect(api.address).toBe("");
  await stage.saveBatch({ ...NOTHING, anomalies: [anAnomaly(1, { timeMs: Date.now() })] });
  const [message] = await receiver.got(1);
  expect(message?.body).toContain("/anomalies/");
  expect(message?.body).not.toContain("/verdict/");
  await waitFor("the outcome", async () => (outcomes.length > 0 ? true : undefined));
  expect(outcomes).toEqual(["ops sent"]);
  await api.stop();
  await stage.close();
  await receiver.close();
});
