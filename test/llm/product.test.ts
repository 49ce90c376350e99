import { afterAll, beforeAll, expect, it } from "vitest";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { sendGrpc } from "../edges/senders.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { shownIn, usual } from "../privacy/canaries.ts";
import { runCommand } from "../product/run-command.ts";
import { ANSWER, FORMATS, type ModelServer, startModelServer } from "./model-server.ts";

const [gemini] = FORMATS;
if (gemini === undefined) throw new Error("no format");
const KEY = "key-from-the-environment";
const MODEL = "gemini-3.5-pro";
/** The usual day of the canaries is that of 29 November 2026. */
const AFTER_IT = BigInt(Date.UTC(2026, 10, 29, 0, 5)) * 1_000_000n;

let server: ModelServer;
let logbert: LogbertProcess;
beforeAll(async () => {
  server = await startModelServer();
  server.reply(() => gemini.writes(JSON.stringify(ANSWER)));
  logbert = await startLogbert({
    settings: { explainer: { provider: "gemini", base_url: server.url, automatic: true } },
    environment: { GOOGLE_API_KEY: KEY, EXPLAINER_MODEL: MODEL },
  });
});
afterAll(async () => {
  await logbert?.stop();
  await server?.close();
});

it("goes from a record over OTLP to an answer in the API, the metrics and the terminal", async () => {
  const odd = { timeUnixNano: AFTER_IT, severityNumber: 21, body: "kernel panic: no space left on device" };
  const outage = encodeRequest([{ attributes: { "service.name": "shop" }, records: [odd] }]);
  for (const request of [usual("shop"), outage]) await sendGrpc(logbert.grpcEndpoint, request);
  const id = await waitFor("an explained anomaly", async () => {
    const data = await logbert.graphql(
      "{ anomalies(first: 500) { nodes { id explanation { llm { summary } } } } }",
    );
    return /"id":"(\w{26})","explanation":\{"llm":\{"summary":"The disk/.exec(JSON.stringify(data))?.[1];
  });
  const [asked] = server.asked;
  expect(asked?.path).toBe(`/v1beta/models/${MODEL}:generateContent`);
  expect(asked?.headers["x-goog-api-key"]).toBe(KEY);
  expect(await (await fetch(logbert.metricsUrl)).text()).toMatch(
    /^logbert_explanations_total\{source="llm",outcome="ok"\} [1-9]/m,
  );
  const environment = { GOOGLE_API_KEY: KEY, EXPLAINER_MODEL: MODEL };
  const options = { cwd: logbert.directory, environment };
  // What is stored is found without the key.
  const withoutKey = { cwd: logbert.directory, environment: { EXPLAINER_MODEL: MODEL } };
  const told = await runCommand(["explain", "--id", id], withoutKey);
  expect(told.stdout).toContain(`Language model (${MODEL}; may be wrong)\n  ${ANSWER.summary}`);
  const json = await runCommand(["explain", "--id", id, "--json"], withoutKey);
  expect(JSON.parse(json.stdout)).toMatchObject({ id, llm: { model: MODEL, outcome: ANSWER } });
  expect((await runCommand(["validate"], withoutKey)).code).toBe(0);
  const served = await runCommand(["serve"], withoutKey);
  expect([served.code, served.stderr]).toEqual([2, expect.stringContaining("set GOOGLE_API_KEY")]);
  const printed = await runCommand(["validate", "--print"], options);
  expect(JSON.parse(printed.stdout)).toMatchObject({ explainer: { google_api_key: "(hidden)" } });
  expect(`${printed.stdout}${logbert.stderr()}`).not.toContain(KEY);
});

it("is told no address, not even one that names a service", async () => {
  const names = ["203.0.113.77", "2001:db8:cafe::77", "02:ca:fe:77:ef:99"];
  const odd = { timeUnixNano: AFTER_IT, severityNumber: 21, body: "kernel panic: no space left on device" };
  for (const name of names) {
    const outage = encodeRequest([{ attributes: { "service.name": name }, records: [odd] }]);
    for (const request of [usual(name), outage]) await sendGrpc(logbert.grpcEndpoint, request);
  }
  const asked = (placeholder: string) =>
    server.asked.filter(({ body }) => body.includes(`\\"service\\": \\"${placeholder}\\"`)).length;
  await waitFor("questions about each", () => (asked("<IP>") > 1 && asked("<MAC>") > 0) || undefined);
  for (const { body } of server.asked) expect(shownIn(body)).toEqual([]);
});
