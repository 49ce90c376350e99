import { packageFile } from "../package-files.ts";
import { BASELINES } from "./baselines/baselines.ts";
import { createLineMlm } from "./baselines/line-mlm.ts";
import { createLogbertPaper } from "./baselines/logbert-paper.ts";
import type { DetectorUnderTest } from "./detector-under-test.ts";
import { createLogbertDetector } from "./logbert/logbert-detector.ts";

/** What detectors are made with. */
export interface DetectorOptions {
  /** Directory of the model that is trained on; undefined for the one that has never seen the data set's system. */
  readonly modelDirectory: string | undefined;
}

/** The system that a data set comes from; its model is trained on all others. */
const SYSTEMS: Readonly<Record<string, string>> = {
  hdfs: "hdfs",
  "bgl-nodes": "bgl",
  "bgl-sequences": "bgl",
  "openstack-loghub": "openstack",
  "openstack-kalaki": "openstack",
  iotdb: "iotdb",
};

/** Everything that is compared, in the order of the report. */
export function detectorsUnderTest({ modelDirectory }: DetectorOptions): readonly DetectorUnderTest[] {
  const modelOf = (set: string) =>
    modelDirectory ?? packageFile(`models/leave-one-out/${SYSTEMS[set] ?? set}`);
  return [createLogbertDetector(modelOf), ...BASELINES, createLogbertPaper(), createLineMlm()];
}
