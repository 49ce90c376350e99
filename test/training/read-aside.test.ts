import { createHash } from "node:crypto";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ModelError, readModelDirectory } from "../../processor/inference/model-directory.ts";
import { readModelDirectoryAside } from "../../processor/inference/read-aside.ts";
import { encodeRow } from "../../processor/inference/residuals.ts";
import { SHIPPED_MODEL } from "../helpers/shipped-model.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

/** The shipped model with rows for two services. */
function taughtModel(): string {
  const directory = temporaryDirectory("taught");
  cpSync(SHIPPED_MODEL, directory, { recursive: true });
  const path = join(directory, "config.json");
  const config: { width: number; files: Record<string, string> } = JSON.parse(readFileSync(path, "utf8"));
  const row = (value: number) => encodeRow(new Float32Array(config.width).fill(value));
  const residuals = JSON.stringify({
    version: 1,
    services: [
      [
        "shop",
        [
          ["order <NUM>", row(1)],
          ["paid", row(2)],
        ],
      ],
      ["bank", [["paid", row(3)]]],
    ],
  });
  writeFileSync(join(directory, "residuals.json"), residuals);
  config.files["residuals.json"] = createHash("sha256").update(residuals).digest("hex");
  writeFileSync(path, JSON.stringify(config));
  return directory;
}

it("a directory that is read in another thread is the same, and this thread goes on meanwhile", async () => {
  const directory = taughtModel();
  let turns = 0;
  const ticking = setInterval(() => {
    turns += 1;
  });
  const aside = await readModelDirectoryAside(directory);
  clearInterval(ticking);
  expect(turns).toBeGreaterThan(0);
  expect(aside).toEqual(readModelDirectory(directory));
  expect(aside.residuals.get("bank")?.get("paid")?.[0]).toBe(3);
});

it("one that cannot be used is refused with the same words and the same remedy", async () => {
  const directory = taughtModel();
  rmSync(join(directory, "candidates.onnx"));
  const { message, remedy } = refusalOf(() => readModelDirectory(directory));
  expect(message).toContain("candidates.onnx");
  await expect(readModelDirectoryAside(directory)).rejects.toMatchObject({
    name: "ModelError",
    message,
    remedy,
  });
});

function refusalOf(read: () => unknown): ModelError {
  try {
    read();
  } catch (error) {
    if (error instanceof ModelError) return error;
  }
  throw new Error("it was not refused");
}
