import { ChannelCredentials, Client } from "@grpc/grpc-js";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { startRecordingHop } from "../faults/recording-hop.ts";
import { startLogbert } from "../helpers/logbert-process.ts";
import { filledSecret, readAdapterRule, readObject, readText, statefulSet } from "./manifests.ts";

const [container] = readObject("stateful-set.yaml", "StatefulSet", "logbert", statefulSet).spec.template.spec
  .containers;
const settings = z
  .record(z.string(), z.record(z.string(), z.unknown()))
  .parse(parse(readText("kubernetes/logbert.yaml")));

/** As the kubelet asks: without a token, with its own idea of the host; SERVING is 1. */
async function checkHealth(address: string): Promise<number | undefined> {
  const client = new Client(address, ChannelCredentials.createInsecure());
  const bytes = (body: Buffer) => body;
  try {
    return await new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        "/grpc.health.v1.Health/Check",
        bytes,
        bytes,
        Buffer.alloc(0),
        (error, body?: Buffer) => (error === null ? resolve(body?.at(-1)) : reject(error)),
      );
    });
  } finally {
    client.close();
  }
}

it("the probes of the pods and the autoscaler's metric are there in a stage with their configuration", async () => {
  const hop = await startRecordingHop("grpc", () => undefined);
  const logbert = await startLogbert({
    settings: {
      ...settings,
      forward: { endpoint: hop.endpoint },
      api: { tokens: settings["api"]?.["tokens"] },
      telemetry: {},
    },
    environment: { ...filledSecret(), DATABASE_URL: "" },
  });
  try {
    const { path } = container.startupProbe.httpGet;
    expect((await fetch(`${logbert.apiUrl}${path}`)).status).toBe(200);
    for (const { grpc } of [container.readinessProbe, container.livenessProbe])
      expect([grpc.port, await checkHealth(logbert.grpcEndpoint)]).toEqual([4317, 1]);
    const metrics = await (await fetch(logbert.metricsUrl)).text();
    expect(metrics).toContain(`\n${readAdapterRule().series}`);
    const busy = await logbert.metric(readAdapterRule().series);
    expect(busy).toBeGreaterThan(0);
  } finally {
    await logbert.stop();
    await hop.down();
  }
});
