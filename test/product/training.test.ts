import { afterEach, expect, it } from "vitest";
import { z } from "zod";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { sendGrpc } from "../edges/senders.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { SHIPPED_VERSION } from "../helpers/shipped-model.ts";
import { waitFor } from "../helpers/wait-for.ts";

let logbert: LogbertProcess | undefined;
afterEach(() => logbert?.stop());

const runs = z.object({
  trainingRuns: z.object({
    nodes: z.array(
      z.object({
        id: z.string(),
        state: z.string(),
        message: z.string().nullable(),
        modelBefore: z.string().nullable(),
        modelAfter: z.string().nullable(),
        heldOutLossBefore: z.number().nullable(),
        heldOutLossAfter: z.number().nullable(),
      }),
    ),
  }),
});
const RUNS =
  "{ trainingRuns(first: 1) { nodes { id state message modelBefore modelAfter heldOutLossBefore heldOutLossAfter } } }";

function orders(first: number): Uint8Array {
  const steps = ["order received", "stock reserved", "card charged", "order shipped"];
  const records = Array.from({ length: 200 }, (_, i) => ({
    timeUnixNano: BigInt(1_000_000 + (first + i) * 100) * 1_000_000n,
    severityNumber: 9,
    body: `${steps[i % steps.length]} id=${first + i}`,
  }));
  return encodeRequest([{ attributes: { "service.name": "shop" }, records }]);
}

it("a training asked for over GraphQL comes to its end, and the weights that it names are in use, back and forth", async () => {
  const program = await startLogbert({ settings: { training: { flush_interval_ms: 50 } } });
  logbert = program;
  for (let first = 0; first < 7_000; first += 200) await sendGrpc(program.grpcEndpoint, orders(first));
  const inUse = (version: string | null) =>
    waitFor(`${version} to be in use`, async () => {
      const status = await program.graphql("{ status { model } }");
      return JSON.stringify(status).includes(`"${version}"`) ? true : undefined;
    });
  await inUse(SHIPPED_VERSION);
  await program.graphql("mutation { startTraining { id } }");
  const run = await waitFor(
    "the end of the run",
    async () => {
      const [newest] = runs.parse(await program.graphql(RUNS)).trainingRuns.nodes;
      return newest === undefined || ["QUEUED", "RUNNING"].includes(newest.state) ? undefined : newest;
    },
    500_000,
  );
  expect(run.modelBefore).toBe(SHIPPED_VERSION);
  if (run.state === "PROMOTED") {
    expect(run.heldOutLossAfter).toBeLessThan(run.heldOutLossBefore ?? 0);
    await inUse(run.modelAfter);
    await program.graphql("mutation { rollbackModel { version } }");
  } else {
    expect([run.state, run.message]).toEqual([
      "REJECTED",
      expect.stringMatching(/do not beat|make the service .* worse/),
    ]);
  }
  await inUse(SHIPPED_VERSION);
  const text = await (await fetch(program.metricsUrl)).text();
  expect(text.match(/^logbert_model_info\{.* 1$/gm)).toEqual([
    expect.stringContaining(`version="${SHIPPED_VERSION}"} 1`),
  ]);
  await sendGrpc(program.grpcEndpoint, orders(7_000));
  expect(await program.metric("logbert_training_runs_total")).toBe(1);
}, 600_000);
