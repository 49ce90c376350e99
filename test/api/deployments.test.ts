import { afterAll, beforeAll, expect, it } from "vitest";
import { aDeployment, aNewTemplate } from "../store-contract/a-deployment.ts";
import { anAnomaly, idOf } from "../store-contract/an-anomaly.ts";
import { type ApiUnderTest, SHOP, startApiUnderTest } from "./start-api.ts";

let under: ApiUnderTest;
beforeAll(async () => {
  under = await startApiUnderTest();
});
afterAll(() => under.close());

it("lists deployments with what they brought, each with its example as long as it is stored", async () => {
  await under.stage.saveBatch({
    ...SHOP,
    samples: [{ slot: "example 1", record: anAnomaly(1) }],
    deployments: [
      aDeployment({
        newTemplates: [
          aNewTemplate({ exampleId: idOf(1) }),
          aNewTemplate({ templateId: "t2", severityNumber: 0, firstSeenMs: 3_000, exampleId: idOf(2) }),
        ],
      }),
      aDeployment({ version: "1.4.3" }),
    ],
  });
  const { data } = await under.ask(`{
    deployments(service: "shop", first: 1) { nodes { version newMessageCount } pageInfo { hasNextPage endCursor } }
  }`);
  expect(data).toMatchObject({
    deployments: { nodes: [{ version: "1.4.3", newMessageCount: 0 }], pageInfo: { hasNextPage: true } },
  });
  const withNews = await under.ask("{ deployments(withNews: true, first: 1) { nodes { version } } }");
  expect(withNews.data).toEqual({ deployments: { nodes: [{ version: "1.4.2" }] } });
  const { endCursor } = JSON.parse(JSON.stringify(data)).deployments.pageInfo;
  const older = await under.ask(
    `query ($after: String) { deployments(first: 5, after: $after) { nodes {
      id service version deployment previousVersion previousDeployment startedAt learnsUntil records newMessageCount
      newMessages(first: 5) { templateId template severity count firstSeen body example { id body } }
    } } }`,
    { after: endCursor },
  );
  expect(older.data).toEqual({
    deployments: {
      nodes: [
        {
          id: "1",
          service: "shop",
          version: "1.4.2",
          deployment: null,
          previousVersion: "1.4.1",
          previousDeployment: null,
          startedAt: "1970-01-01T00:00:01.000Z",
          learnsUntil: "1970-01-01T00:00:05.000Z",
          records: 10,
          newMessageCount: 2,
          newMessages: [
            {
              templateId: "t1",
              template: "gift card <*> prepared",
              severity: "INFO",
              count: 1,
              firstSeen: "1970-01-01T00:00:02.000Z",
              body: "gift card 7 prepared",
              example: { id: idOf(1), body: "payment of <NUM> failed" },
            },
            expect.objectContaining({ templateId: "t2", severity: null, example: null }),
          ],
        },
      ],
    },
  });
});

it("shows an example that another stage has stored under its own id", async () => {
  const found = { ...SHOP, samples: [] };
  const stored = { ...anAnomaly(11), fingerprint: "the same" };
  await under.stage.saveBatch({ ...found, anomalies: [stored] });
  await under.stage.saveBatch({
    ...found,
    anomalies: [{ ...stored, id: idOf(12) }],
    deployments: [aDeployment({ version: "1.4.4", newTemplates: [aNewTemplate({ exampleId: idOf(12) })] })],
  });
  const { data } = await under.ask(
    "{ deployments(first: 1) { nodes { newMessages(first: 1) { example { id } } } } }",
  );
  expect(data).toEqual({
    deployments: { nodes: [{ newMessages: [{ example: { id: idOf(11) } }] }] },
  });
});

it.each([
  ["{ deployments(first: 0) { nodes { id } } }"],
  ["{ deployments(first: 600) { nodes { id } } }"],
  ['{ deployments(after: "nonsense") { nodes { id } } }'],
  ["{ deployments { nodes { newMessages(first: 0) { body } } } }"],
  ["{ deployments { nodes { newMessages(first: 600) { body } } } }"],
])("refuses %s", async (query) => {
  expect(await under.codeOf(query)).toBe("BAD_USER_INPUT");
});
