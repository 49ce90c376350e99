import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DeploymentDelta } from "../../store/deployment.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { testDatabase } from "../helpers/test-database.ts";
import { aDeployment, aNewTemplate } from "./a-deployment.ts";
import { EMPTY } from "./empty-batch.ts";
import { keptSince } from "./kept-since.ts";

const PAGE = { first: 9 };

let store: Store;
beforeEach(async () => {
  store = await openStore((await testDatabase()).settings);
});
afterEach(() => store.close());

const write = (...deployments: readonly DeploymentDelta[]) => store.saveBatch({ ...EMPTY, deployments });

describe("deployments", () => {
  it("are added up over batches, and keep what was known of their first records", async () => {
    await write(aDeployment({ newTemplates: [aNewTemplate({ exampleId: "a" })] }));
    await write(
      aDeployment({
        startedAtMs: 3_000,
        untilMs: 7_000,
        newTemplates: [
          aNewTemplate({ text: "gift card <*> <*>", count: 4, firstSeenMs: 3_000, body: "", exampleId: "b" }),
          aNewTemplate({ templateId: "t2", severityNumber: 13 }),
          aNewTemplate({ templateId: "t3", firstSeenMs: 1_500 }),
        ],
      }),
    );
    await write(
      aDeployment({
        records: 0,
        newTemplates: [aNewTemplate({ templateId: "t3", count: 2, body: "", exampleId: "c" })],
      }),
    );
    const deployments = await store.deployments({}, PAGE);
    const { newTemplates: _, release: __, ...first } = aDeployment();
    expect(deployments).toEqual([{ ...first, sequence: 1, records: 20, newTemplateCount: 3 }]);
    expect(await store.newTemplates(1, 9)).toEqual([
      aNewTemplate({ templateId: "t2", severityNumber: 13 }),
      aNewTemplate({ templateId: "t3", count: 3, firstSeenMs: 1_500, exampleId: "c" }),
      aNewTemplate({ text: "gift card <*> <*>", count: 5, exampleId: "a" }),
    ]);
    expect(await store.newTemplates(1, 1)).toHaveLength(1);
    expect(await store.newTemplates(2, 9)).toEqual([]);
  });

  it("are new again where their release comes after its band has closed", async () => {
    await write(aDeployment({ newTemplates: [aNewTemplate()] }), aDeployment({ service: "auth" }));
    const newTemplates = [aNewTemplate({ templateId: "t2" })];
    await write(aDeployment({ startedAtMs: 5_001, untilMs: 9_000, records: 3, newTemplates }));
    expect(await store.deployments({}, PAGE)).toMatchObject([
      { service: "shop", startedAtMs: 5_001, untilMs: 9_000, records: 3, sequence: 3 },
      { service: "auth", records: 10 },
    ]);
    expect(await store.newTemplates(3, 9)).toEqual(newTemplates);
  });

  it("are listed the newest first, of one service or of all, page by page", async () => {
    await write(aDeployment(), aDeployment({ service: "auth" }));
    await write(
      aDeployment({ version: "1.4.3" }),
      aDeployment({ version: undefined, deployment: "7", release: "7" }),
    );
    const listed = async (...args: Parameters<Store["deployments"]>) =>
      (await store.deployments(...args)).map((one) => [one.service, one.version ?? one.deployment]);
    expect(await listed({ service: "shop" }, PAGE)).toEqual([
      ["shop", "7"],
      ["shop", "1.4.3"],
      ["shop", "1.4.2"],
    ]);
    const [newest] = await store.deployments({}, { first: 1 });
    expect(await listed({}, { first: 2, after: newest?.sequence })).toEqual([
      ["shop", "1.4.3"],
      ["auth", "1.4.2"],
    ]);
  });

  it("are kept of a service as long as they are among its 64 newest, with what they brought", async () => {
    const newTemplates = [aNewTemplate()];
    await write(aDeployment({ service: "auth" }));
    for (const first of [0, 60])
      await write(
        ...Array.from({ length: 60 }, (_, i) => aDeployment({ version: `v${first + i}`, newTemplates })),
      );
    const kept = await store.deployments({}, { first: 200 });
    expect(kept.map(({ version }) => version)).toEqual([
      ...Array.from({ length: 64 }, (_, i) => `v${119 - i}`),
      "1.4.2",
    ]);
    expect(kept.at(0)?.newTemplateCount).toBe(1);
    await write(aDeployment({ version: "v0" }));
    expect(await store.deployments({ service: "shop" }, { first: 1 })).toMatchObject([
      { version: "v0", newTemplateCount: 0 },
    ]);
  });

  it("are listed also without those that have brought nothing", async () => {
    await write(aDeployment({ newTemplates: [aNewTemplate()] }), aDeployment({ service: "auth" }));
    for (const version of ["2", "3", "4"]) await write(aDeployment({ version }));
    expect(await store.deployments({ withNews: true }, { first: 1 })).toMatchObject([
      { version: "1.4.2", service: "shop" },
    ]);
    expect(await store.deployments({ service: "auth", withNews: true }, PAGE)).toEqual([]);
  });

  it("are deleted with what they brought once their bands closed before the retention", async () => {
    const newTemplates = [aNewTemplate()];
    await write(
      aDeployment({ newTemplates }),
      aDeployment({ version: "1.4.3", untilMs: 6_000, newTemplates }),
    );
    await store.expire(keptSince(5_500));
    expect((await store.deployments({}, PAGE)).map(({ version }) => version)).toEqual(["1.4.3"]);
    expect(await store.newTemplates(1, 9)).toEqual([]);
    expect(await store.newTemplates(2, 9)).toHaveLength(1);
  });
});
