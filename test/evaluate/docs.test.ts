import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { writeBgl, writeHdfs, writeIotdb, writeOpenstack } from "./write-data-sets.ts";

it("docs/detection.md names every file that logbert evaluate reads", () => {
  const text = readFileSync(join(import.meta.dirname, "../../docs/detection.md"), "utf8");
  const data = temporaryDirectory("logbert-data-docs");
  for (const write of [writeHdfs, writeBgl, writeOpenstack, writeIotdb]) write(data);
  const files = readdirSync(data, { recursive: true, encoding: "utf8" })
    .filter((name) => name.includes("."))
    .map((name) => name.replace(/^(multilog_iotdb)\/\w+\/node\d/, "$1/RUN/node1"));
  expect(files).toContain("hdfs/templates.csv");
  expect(files.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
