import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { z } from "zod";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { sendHttp } from "../edges/senders.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { randomModel } from "../train/random-model.ts";
import { type StageUnderTest, startStageUnderTest } from "./start-stage-under-test.ts";

const SHIPPED = join(import.meta.dirname, "../../models/logbert-s");
const trained = z.looseObject({ version: z.string(), trained_from: z.string().optional() });

/** The stage serves the shipped graph under the trained weights' name: the graph of the trained ones is of another form. */
function shippedGraphNamedAs(directory: string): string {
  const { version, trained_from } = trained.parse(
    JSON.parse(readFileSync(join(directory, "config.json"), "utf8")),
  );
  if (trained_from === undefined) return directory;
  const copy = join(temporaryDirectory("model"), "model");
  cpSync(SHIPPED, copy, { recursive: true });
  const config = JSON.parse(readFileSync(join(copy, "config.json"), "utf8"));
  writeFileSync(join(copy, "config.json"), JSON.stringify({ ...config, version }));
  return copy;
}

let stage: StageUnderTest | undefined;
afterEach(() => stage?.stop());

/** Orders, step by step, one after the other. */
function orders(first: number, count: number): Uint8Array {
  const steps = ["order received", "stock reserved", "card charged", "order shipped", "mail sent"];
  const records = Array.from({ length: count * steps.length }, (_, i) => ({
    timeUnixNano: BigInt(1_000_000 + (first * steps.length + i) * 100) * 1_000_000n,
    severityNumber: 9,
    body: `${steps[i % steps.length]} id=${first + i}`,
  }));
  return encodeRequest([{ attributes: { "service.name": "shop" }, records }]);
}

it("learns what the stage has recorded with the trainer that ships, and puts its weights in use", async () => {
  const trainer = [join(import.meta.dirname, "real-trainer.ts"), randomModel(), "10"];
  stage = await startStageUnderTest("better", { trainer, standIn: shippedGraphNamedAs });
  for (let first = 0; first < 300; first += 30)
    expect((await sendHttp(stage.httpAddress, orders(first, 30))).status).toBe(200);
  const run = await stage.train();
  expect(run.message).toBeUndefined();
  expect(run.state).toBe("PROMOTED");
  expect(run.heldOutLossAfter).toBeLessThan(run.heldOutLossBefore ?? 0);
  expect(JSON.parse(run.report ?? "{}")).toMatchObject({ templates: 5, services: 1 });
  const { people } = stage;
  await waitFor("the status to name the new weights", async () =>
    (await people.status())?.modelVersion === run.modelAfter ? true : undefined,
  );
});
