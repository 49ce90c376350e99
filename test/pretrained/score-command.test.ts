import { cpSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { runCommand } from "../product/run-command.ts";
import { fixture } from "./golden.ts";

const scoredLine = z.object({
  line: z.string(),
  template: z.string(),
  score: z.number().nullable(),
  threshold: z.number().nullable(),
  isAnomaly: z.boolean(),
  explanation: z.string().nullable(),
});
const USUAL = [
  "Login attempt of user u35833 from 10.0.0.1",
  "Password of user u35833 verified in 3ms",
  "Session ses_1a2b created for user u35833",
  "Token tok_77aa issued, valid for 30m",
];
const ODD = "Payment pay_7 failed: card exception at 0xdeadbeef";

async function score(model: string, lines: readonly string[], environment: Record<string, string> = {}) {
  const ended = await runCommand(["score", "-"], {
    cwd: temporaryDirectory("pretrained"),
    input: `${lines.join("\n")}\n`,
    environment: { LOGBERT_MODEL: model, ...environment },
  });
  const found = ended.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => scoredLine.parse(JSON.parse(line)));
  return { ...ended, found };
}

describe("logbert score with LOGBERT_MODEL naming a Hugging Face directory", () => {
  it.each(["hf-classifier", "hf-classifier-attentions"])(
    "of a classifier (%s): the score is the probability of its anomaly label, against 0.85",
    async (name) => {
      const { code, found } = await score(fixture(name), [...USUAL, ODD, ...USUAL]);
      expect(code).toBe(0);
      expect(found.map(({ isAnomaly }) => isAnomaly)).toEqual(
        [...USUAL, ODD, ...USUAL].map((line) => line === ODD),
      );
      const odd = found[USUAL.length];
      expect(odd?.score).toBeGreaterThan(0.9);
      expect(odd?.threshold).toBe(0.85);
      expect(odd?.explanation).toMatch(/^Classified as an anomaly \(\d+ %\): "Payment pay_<\*> failed: /);
      expect(odd?.explanation).toMatch(/what counts most: .*"(?:failed|exception)"/);
      for (const { score: usual } of found.slice(0, USUAL.length)) expect(usual).toBeLessThan(0.1);
    },
  );

  it("of a classifier takes ANOMALY_THRESHOLD for that probability", async () => {
    const { found } = await score(fixture("hf-classifier"), [ODD], { ANOMALY_THRESHOLD: "0.99999" });
    expect(found).toMatchObject([{ threshold: 0.99999, isAnomaly: false }]);
  });

  it("of a masked language model, with its graph in onnx/: what it would not expect scores highest", async () => {
    const lines = Array.from({ length: 800 }, (_, index) => USUAL[index % USUAL.length] ?? "");
    const { code, found } = await score(fixture("hf-mlm"), [...lines, ODD]);
    expect(code).toBe(0);
    const odd = found.at(-1);
    expect(odd?.isAnomaly).toBe(true);
    expect(Math.max(...found.slice(0, -1).map(({ score: usual }) => usual ?? 1))).toBeLessThan(
      odd?.score ?? 0,
    );
    expect(found.slice(0, -1).filter(({ isAnomaly }) => isAnomaly)).toEqual([]);
  });

  it("leaves unscored what the graph gives no number for, and says how many", async () => {
    const { code, found, stderr } = await score(
      fixture("hf-classifier"),
      ["Health check passed in 4ms", "Kernel panic: not syncing"],
      { LOGBERT_MODEL: brokenModel("nan-at-panic") },
    );
    expect(code).toBe(0);
    expect(found.map(({ score: one }) => one)).toEqual([0.5, null]);
    expect(stderr).toContain("1 events were not scored by the model");
  });
});

/** The classifier's directory with another graph. */
function brokenModel(graph: string): string {
  const directory = temporaryDirectory("pretrained");
  cpSync(fixture("hf-classifier"), directory, { recursive: true });
  cpSync(join(fixture("hf-broken"), `${graph}.onnx`), join(directory, "model.onnx"));
  return directory;
}
