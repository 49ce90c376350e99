import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { type Requirement, testWith } from "../helpers/requirement.ts";

const ANALYZE = "/usr/bin/systemd-analyze";
const systemd: Requirement = {
  name: "systemd-analyze",
  path: existsSync(ANALYZE) ? ANALYZE : undefined,
  remedy: "apt-get install -y systemd",
};
const unit = join(import.meta.dirname, "../../docs/systemd/logbert.service");

testWith([systemd], "systemd takes the unit as it is", async ([analyze = ""]) => {
  const { status, stdout, stderr } = spawnSync(analyze, ["verify", unit], { encoding: "utf8" });
  expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: "" });
});
