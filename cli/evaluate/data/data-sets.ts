import type { EvaluationSet } from "../evaluation-set.ts";
import { readBglNodes } from "./bgl-nodes.ts";
import { readBglSequences } from "./bgl-sequences.ts";
import { readHdfs } from "./hdfs.ts";
import { readIotdb } from "./iotdb.ts";
import { readOpenstackKalaki, readOpenstackLoghub } from "./openstack.ts";

/** Every data set with its reader, which takes the data directory and throws a UsageError for what is missing or malformed. */
export const DATA_SETS = {
  hdfs: readHdfs,
  "bgl-nodes": readBglNodes,
  "bgl-sequences": readBglSequences,
  "openstack-loghub": readOpenstackLoghub,
  "openstack-kalaki": readOpenstackKalaki,
  iotdb: readIotdb,
} as const satisfies Readonly<Record<string, (directory: string) => Promise<EvaluationSet>>>;

export type DataSetName = keyof typeof DATA_SETS;

export const DATA_SET_NAMES: readonly DataSetName[] = [
  "hdfs",
  "bgl-nodes",
  "bgl-sequences",
  "openstack-loghub",
  "openstack-kalaki",
  "iotdb",
];
