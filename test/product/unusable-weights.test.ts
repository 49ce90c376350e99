import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SHIPPED_MODEL } from "../helpers/shipped-model.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { runCommand } from "./run-command.ts";

/** The shipped model with weights that are no numbers, and digests that are right. */
function modelOfNoNumbers(): string {
  const directory = temporaryDirectory("no-numbers");
  cpSync(SHIPPED_MODEL, directory, { recursive: true });
  const weights = join(directory, "weights.bin");
  const floats = new Float32Array(readFileSync(weights).length / Float32Array.BYTES_PER_ELEMENT);
  const bytes = Buffer.from(floats.fill(Number.NaN).buffer);
  writeFileSync(weights, bytes);
  const path = join(directory, "config.json");
  const config: { files: Record<string, string> } = JSON.parse(readFileSync(path, "utf8"));
  config.files["weights.bin"] = createHash("sha256").update(bytes).digest("hex");
  writeFileSync(path, JSON.stringify(config));
  return directory;
}

const model = modelOfNoNumbers();
const cwd = temporaryDirectory("logbert-bad-weights");
const lines = Array.from({ length: 400 }, (_, i) => `${["order", "card", "stock"][i % 3]} ${i} done`);

it.each(["score", "tail"])(
  "weights that give no number are refused by %s before any line is scored",
  async (command) => {
    const { code, stdout, stderr } = await runCommand(
      [command, "-", ...(command === "tail" ? ["--standalone"] : [])],
      {
        cwd,
        input: `${lines.join("\n")}\n`,
        environment: { LOGBERT_MODEL: model },
      },
    );
    expect(stdout).toBe("");
    expect(stderr).toMatch(/the weights logbert-s-\d+ cannot score: .*not finite/);
    expect(stderr).toContain("inference.model");
    expect(code).toBe(2);
  },
);

it("they teach no other weights", async () => {
  writeFileSync(join(cwd, "shop.log"), lines.join("\n"));
  const args = ["train", "--input", "shop.log", "--from", model, "--out", "out", "--epochs", "1"];
  const { code, stderr } = await runCommand(args, { cwd });
  expect(stderr).toMatch(/diverged.*NaN[\s\S]*--from/);
  expect(code).toBe(1);
  expect(existsSync(join(cwd, "out", "config.json"))).toBe(false);
});
