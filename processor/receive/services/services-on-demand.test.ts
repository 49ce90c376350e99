import { once } from "node:events";
import { connect, constants, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { StatusCode } from "../../grpc/status-code.ts";
import { createAdmission } from "../limits.ts";
import { createServices } from "./create-services.ts";
import { SERVICE_PATHS } from "./service-paths.ts";
import { servicesOnDemand } from "./services-on-demand.ts";

const REFLECTION = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
/** Which services are there? (list_services = 7) */
const QUESTION = Buffer.from([0, 0, 0, 0, 2, 0x3a, 0]);
/** Of one client at a time, as create-services has it. */
const CALLS_OF_CLIENT_MAX = 32;

/** A server of the services alone, which are read when `reading` ends, and a client of it. */
async function served(reading: () => Promise<unknown>) {
  const refused: string[] = [];
  const errors: string[] = [];
  const started: string[] = [];
  const ports: Parameters<typeof createServices>[0] = {
    score: () => Promise.reject(new Error("nothing is scored here")),
    admission: createAdmission(1_000),
    entrance: () => ({ kind: "entered", name: undefined, metadata: undefined }),
    observer: { refused: (reason) => refused.push(reason), connectionRefused: () => undefined },
    now: () => 0,
    onError: (error) => errors.push(String(error)),
  };
  let reads = 0;
  const services = servicesOnDemand(ports, async () => {
    reads += 1;
    await reading();
    return { createServices };
  });
  const server = createServer();
  server.on("stream", (stream, { ":path": path = "" }) => {
    stream.on("error", () => undefined);
    started.push(path);
    stream.once("close", () => started.push("closed"));
    services.methods.get(path)?.(
      stream,
      { ":path": path, ":method": "POST", "content-type": "application/grpc" },
      {
        kind: "entered",
        name: "somebody",
        metadata: undefined,
      },
    );
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    session.destroy();
    server.close();
  });
  return {
    ports,
    services,
    refused,
    errors,
    started,
    reads: () => reads,
    call(path = REFLECTION) {
      const stream = session.request({
        ":method": "POST",
        ":path": path,
        "content-type": "application/grpc",
      });
      return stream.on("error", () => undefined);
    },
  };
}

describe("services on demand", () => {
  it("are those that there are", async () => {
    const { ports } = await served(async () => undefined);
    expect([...SERVICE_PATHS].sort()).toEqual([...createServices(ports).methods.keys()].sort());
  });

  it("are read when one is first called, and once; who waits for that is answered", async () => {
    const gate = Promise.withResolvers<void>();
    const { call, reads } = await served(() => gate.promise);
    expect(reads()).toBe(0);
    const answers = [call(), call()].map(async (stream) =>
      String((await once(stream.end(QUESTION), "data"))[0]),
    );
    await expect.poll(reads).toBe(1);
    gate.resolve();
    for (const answer of await Promise.all(answers)) expect(answer).toContain("logbert.v1.Scoring");
    await once(call().end(QUESTION), "data");
    expect(reads()).toBe(1);
  });

  it("hold no place for those who have gone while they were read", async () => {
    const gate = Promise.withResolvers<void>();
    const { call, refused, started } = await served(() => gate.promise);
    const gone = Array.from({ length: CALLS_OF_CLIENT_MAX }, () => call());
    await expect.poll(() => started).toHaveLength(CALLS_OF_CLIENT_MAX);
    for (const stream of gone) stream.close(constants.NGHTTP2_CANCEL);
    await expect.poll(() => started.filter((what) => what === "closed")).toHaveLength(CALLS_OF_CLIENT_MAX);
    gate.resolve();
    const [answer] = await once(call().end(QUESTION), "data");
    expect(String(answer)).toContain("logbert.v1.Scoring");
    expect(refused).toEqual([]);
  });

  it("have callers try again when they cannot be read, which is told and counted", async () => {
    const { call, refused, errors } = await served(() => Promise.reject(new Error("gone from the disk")));
    const [headers] = await once(call().end(QUESTION), "response");
    expect(headers["grpc-status"]).toBe(String(StatusCode.UNAVAILABLE));
    expect(refused).toEqual(["internal"]);
    expect(errors).toEqual(["Error: gone from the disk"]);
  });

  it.each([
    ["before they are read", true],
    ["while they are read", false],
  ])("that are stopped %s keep no call open", async (_, isBefore) => {
    const gate = Promise.withResolvers<void>();
    const { call, services, reads } = await served(() => gate.promise);
    if (isBefore) services.stop();
    const stream = call();
    stream.write(QUESTION);
    await expect.poll(reads).toBe(1);
    if (!isBefore) services.stop();
    gate.resolve();
    const told: Record<string, unknown>[] = [];
    stream
      .on("response", (one) => told.push(one))
      .on("trailers", (one) => told.push(one))
      .resume();
    await once(stream, "close");
    expect(told.at(-1)?.["grpc-status"]).toBe(String(StatusCode.UNAVAILABLE));
  });
});
