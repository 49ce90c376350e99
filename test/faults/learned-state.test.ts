import { status as Code } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { rememberConfig } from "../../processor/remember/config.ts";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { sendGrpc } from "../edges/senders.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { type RecordingHop, startRecordingHop } from "./recording-hop.ts";

const STEPS = ["order received", "stock reserved", "card charged", "order shipped"];

function requestOf(bodies: readonly string[], startMs: number, severityNumber = 9): Uint8Array {
  const records = bodies.map((body, i) => ({
    timeUnixNano: BigInt(startMs + i * 100) * 1_000_000n,
    severityNumber,
    body,
  }));
  return encodeRequest([{ attributes: { "service.name": "shop" }, records }]);
}

/** What the stage says of an error message: its explanation, "" where it is no anomaly. */
async function explanationOf(
  stage: LogbertProcess,
  taken: readonly Uint8Array[],
  body: string,
  atMs: number,
): Promise<unknown> {
  const reply = await sendGrpc(stage.grpcEndpoint, requestOf([body], atMs, 21));
  expect(reply.code).toBe(Code.OK);
  const [record] = readRequest(taken.at(-1) ?? new Uint8Array(0)).records;
  return record?.attribute("anomaly.explanation") ?? "";
}

/** The ids of the templates of jobs, once so many jobs are counted. */
async function jobsOf(stage: LogbertProcess, jobs: number): Promise<readonly string[]> {
  return waitFor("every job to be counted", async () => {
    const { templates } = await stage.graphql("{ templates(first: 50) { nodes { id text count } } }");
    const found = page.parse(templates).nodes.filter(({ text }) => text.startsWith("nightly job"));
    const counted = found.reduce((sum, { count }) => sum + count, 0);
    return counted < jobs ? undefined : found.map(({ id }) => id);
  });
}

const page = z.object({ nodes: z.array(z.object({ id: z.string(), text: z.string(), count: z.number() })) });

describe("what was learned before a kill", () => {
  it("since the last snapshot: no template is new again, and each keeps its id", async () => {
    const taken: Uint8Array[] = [];
    const hop: RecordingHop = await startRecordingHop("grpc", (body) => taken.push(body));
    // No snapshot but that of a stop: all that a kill leaves is what was written down at once.
    const settings = {
      forward: { endpoint: hop.endpoint },
      remember: { flush_interval_ms: 50, snapshot_interval_ms: 3_600_000 },
    };
    const first = await startLogbert({ settings });
    const { directory, ports } = first;
    for (let i = 0; i < 5; i += 1) {
      const usual = Array.from({ length: 400 }, (_, k) => `${STEPS[k % 4]} id=${k * 7919}`);
      await sendGrpc(first.grpcEndpoint, requestOf(usual, 1_000_000 + i * 40_000));
    }
    await first.stop();

    const killed = await startLogbert({ settings, directory, ports });
    const panic = "kernel panic: cannot mount root";
    expect(await explanationOf(killed, taken, panic, 1_300_000)).toMatch(/^New FATAL message/);
    for (const name of ["alpha", "beta"])
      await sendGrpc(killed.grpcEndpoint, requestOf([`nightly job run_${name} was finished`], 1_310_000));
    const jobs = await jobsOf(killed, 2);
    await killed.kill();

    const again = await startLogbert({ settings, directory, ports });
    expect(await explanationOf(again, taken, panic, 1_320_000)).not.toMatch(/^New /);
    await sendGrpc(again.grpcEndpoint, requestOf(["nightly job run_gamma was finished"], 1_340_000));
    expect(await jobsOf(again, 3)).toEqual(jobs);
    await again.kill();
    await hop.down();
  });

  it("else is gone for half a minute at most", () => {
    expect(rememberConfig.parse({}).snapshot_interval_ms).toBeLessThanOrEqual(20_000);
  });
});
