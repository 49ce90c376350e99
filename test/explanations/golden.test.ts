import { expect } from "vitest";
import { readHdfs } from "../../cli/evaluate/data/hdfs.ts";
import { readOpenstackKalaki } from "../../cli/evaluate/data/openstack.ts";
import type { Unit } from "../../cli/evaluate/evaluation-set.ts";
import { loadConfig } from "../../cli/load-config.ts";
import { openScorer } from "../../cli/open-scorer.ts";
import type { DetectorName } from "../../processor/detect/evidence.ts";
import { testData, testWith } from "../helpers/requirement.ts";
import { fixture } from "../pretrained/golden.ts";
import { caseText, chosenCases, KINDS, kindOf } from "./cases.ts";
import { explainLines } from "./explain-lines.ts";
import { explainUnits } from "./explain-units.ts";
import type { Explained } from "./explained.ts";
import { hdfsLines, iotdbLines, novaLines } from "./real-lines.ts";
import type { Models } from "./rooms-under-test.ts";

const HEADER = `What is said of 40 real anomalies. The sentences quote message formats of Apache HDFS, Apache IoTDB and OpenStack nova, with
placeholders for all values; no lines of the data are here. The logs are loghub's (https://github.com/logpai/loghub; Zhu, He, He,
Liu, Lyu: Loghub, ISSRE 2023), Kalaki's and MultiLog's: see docs/detection.md.
Written by: npx vitest run --project system test/explanations -u
`;
const NOVA = "raw_openstack-nova-sample.log.gz";
const SESSIONS = { type: "session" } as const;

async function withModels<T>(model: string, use: (models: Models) => Promise<T>): Promise<T> {
  const { inference } = loadConfig({ file: undefined, environment: { LOGBERT_MODEL: model } });
  const models = await openScorer(inference, (reason) => {
    throw new Error(reason);
  });
  try {
    return await use(models);
  } finally {
    await models.close();
  }
}

async function sessionCases(data: string, models: Models): Promise<readonly Explained[]> {
  const hdfs = await readHdfs(data);
  const nova = { ...(await readOpenstackKalaki(data)), name: "nova" };
  const abnormal = [...hdfs.test.slice(-10_000, -7_500), ...hdfs.test.slice(-2_500)];
  const mostlyNormal = [...nova.test.slice(0, 3_000), ...nova.test.slice(-651)];
  const explain = (test: readonly Unit[], ...detectors: readonly DetectorName[]) =>
    explainUnits({ set: hdfs, test, detectors: detectors.length === 0 ? undefined : detectors }, models);
  return [
    ...chosenCases(await explain(hdfs.test.slice(-8_000)), {
      "new message": 3,
      "changed order": 1,
      "wrong order": 4,
    }),
    ...chosenCases(await explain(abnormal, "length"), { length: 4 }),
    ...chosenCases(await explain(abnormal, "count-vector"), { count: 9, "missing message": 2 }),
    ...chosenCases(await explain(hdfs.test.slice(0, 3_000), "ngram"), { "missing message": 2 }),
    ...chosenCases(await explainUnits({ set: nova, test: mostlyNormal, detectors: undefined }, models), {
      "new message": 3,
      "wrong order": 3,
      "missing message": 2,
    }),
  ];
}

async function lineCases(data: string, models: Models): Promise<readonly Explained[]> {
  const node = async (run: string) =>
    (await iotdbLines(data, run)).filter(({ stream }) => stream === "node4");
  return [
    ...chosenCases(await explainLines(await hdfsLines(data, 90_000), models, { window: SESSIONS }), {
      burst: 2,
      "odd value": 2,
      silence: 1,
    }),
    ...chosenCases(await explainLines(await novaLines(data, NOVA), models, {}), {
      "new message": 2,
      silence: 2,
      "slow or fast step": 2,
      "odd value": 1,
    }),
    ...chosenCases(await explainLines(await node("shutdown"), models, {}), {
      "slow or fast step": 1,
      "odd value": 2,
    }),
    ...chosenCases(await explainLines(await node("cpu"), models, {}), { "slow or fast step": 2 }),
  ];
}

testWith(
  [testData()],
  "what is said of 40 real anomalies of every kind is what was read and found plain",
  async ([data = ""]) => {
    const cases = [
      ...(await withModels("", (models) => sessionCases(data, models))),
      ...(await withModels("", (models) => lineCases(data, models))),
      ...(await withModels(fixture("hf-classifier"), async (models) =>
        chosenCases(await explainLines(await hdfsLines(data, 5_000), models, {}), { classified: 1 }),
      )),
    ];
    for (const { explanation } of cases) expect(explanation.summary.length).toBeLessThanOrEqual(256);
    await expect([HEADER, ...cases.map(caseText)].join("\n")).toMatchFileSnapshot("golden.txt");
    expect(new Set(cases.map(({ explanation }) => kindOf(explanation.summary)))).toEqual(new Set(KINDS));
    expect(cases).toHaveLength(40);
  },
  600_000,
);
