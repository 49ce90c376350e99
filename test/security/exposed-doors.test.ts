import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { stringify } from "yaml";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { runCommand } from "../product/run-command.ts";

/** What serve says before it ends for a model that is not there: the doors themselves are never opened. */
async function saidAtStart(receive: object): Promise<string> {
  const cwd = temporaryDirectory("logbert-exposed");
  const settings = { receive, inference: { model: join(cwd, "nowhere") }, api: { endpoint: "" } };
  writeFileSync(join(cwd, "logbert.yaml"), stringify(settings));
  const { code, stderr } = await runCommand(["serve"], { cwd });
  expect(code).not.toBe(0);
  return stderr;
}

it("a door that other machines reach is told at the start, with what it lacks, and not refused", async () => {
  const said = await saidAtStart({ grpc: { endpoint: "0.0.0.0:4317" } });
  expect(said).toContain("other machines reach this door");
  expect(said).toContain('"key":"receive.grpc"');
  expect(said).toContain("TLS (cert_file, key_file) and tokens (receive.auth) or client_ca_file");
  expect(said).not.toContain('"key":"receive.http"');
});

it("doors on loopback are no news", async () => {
  expect(await saidAtStart({})).not.toContain("other machines");
});
