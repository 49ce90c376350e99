import { createClient } from "graphql-ws";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import { waitFor } from "../helpers/wait-for.ts";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";
import { type ApiUnderTest, SHOP, startApiUnderTest } from "./start-api.ts";

let under: ApiUnderTest;
beforeEach(async () => {
  under = await startApiUnderTest();
  await under.stage.saveBatch({
    ...SHOP,
    anomalies: [anAnomaly(1), anAnomaly(2, { score: 0.99, templateId: "t2" }), anAnomaly(9_000)],
  });
});
afterEach(() => under.close());

const judge = () =>
  under.codeOf(`mutation { addFeedback(input: { anomalyId: "${idOf(1)}", isTrueAnomaly: true }) { id } }`);
const expire = () => under.stage.expire({ beforeMs: 10_000, labelledBeforeMs: 0, samplesMax: 9 });
const FIELDS = "id anomalies maxScore strongest { id } templates { strongestId } feedback { isTrueAnomaly }";
const left = {
  id: idOf(1),
  anomalies: 1,
  maxScore: 0.9,
  strongest: { id: idOf(1) },
  templates: [{ strongestId: idOf(1) }],
};

it("incidents are listed when the strongest anomaly of one has expired", async () => {
  await judge();
  await expire();
  const { data, errors } = await under.ask(`{ incidents { nodes { ${FIELDS} } } }`);
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({
    incidents: { nodes: [{ id: idOf(9_000) }, { ...left, feedback: [{ isTrueAnomaly: true }] }] },
  });
});

it("and told of when they change then", async () => {
  await judge();
  await expire();
  const client = createClient({ url: `ws://${under.api.address}/graphql`, webSocketImpl: WebSocket });
  const heard: unknown[] = [];
  client.subscribe(
    { query: `subscription { incidentChanged { ${FIELDS} } }` },
    {
      next: (result) => heard.push(result),
      error: (error) => heard.push(error),
      complete: () => undefined,
    },
  );
  await waitFor("the change", async () => {
    await judge();
    return heard.length > 0 ? true : undefined;
  });
  await client.dispose();
  expect(heard[0]).toMatchObject({ data: { incidentChanged: left } });
});
