import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OtlpClient, openOtlpClient } from "../../api/alerts/otlp-client.ts";
import { toRecord } from "../../api/alerts/otlp-event.ts";
import { encodeStatus } from "../../processor/wire/rpc-status.ts";
import { NO_LINKS, TEST_NOTICE } from "./notices.ts";

const asIs = (bytes: Buffer) => bytes;
const EXPORT = {
  path: "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
  requestStream: false,
  responseStream: false,
  requestSerialize: asIs,
  requestDeserialize: asIs,
  responseSerialize: asIs,
  responseDeserialize: asIs,
};

let answer: Buffer | status;
let headers: readonly unknown[];
let trailers: Metadata;
let server: Server;
let client: OtlpClient;
beforeEach(async () => {
  trailers = new Metadata();
  server = new Server();
  server.addService(
    { export: EXPORT },
    {
      export(call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) {
        headers = call.metadata.get("x-tenant");
        if (typeof answer === "number") done({ code: answer, details: "secret", metadata: trailers });
        else done(null, answer);
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  client = openOtlpClient({ endpoint: `http://127.0.0.1:${port}`, headers: { "x-tenant": "a" } });
});
afterEach(() => {
  client.close();
  server.forceShutdown();
});

const send = () => client.export(toRecord(TEST_NOTICE, "k", NO_LINKS, 1_000));

describe("an OTLP receiver", () => {
  it("that takes the record, in whatever words, has been sent it, with the headers", async () => {
    for (const taken of ["", "0a00", "0a0412026f6b", "ffff"]) {
      answer = Buffer.from(taken, "hex");
      expect(await send()).toEqual({ kind: "sent" });
    }
    expect(headers).toEqual(["a"]);
  });

  it("that answers partial success has refused it", async () => {
    // ExportLogsServiceResponse { partial_success { rejected_log_records: 1 } }
    answer = Buffer.from("0a020801", "hex");
    expect(await send()).toEqual({ kind: "refused", reason: "the record was rejected (partial success)" });
  });

  it("that says that the record is wrong has refused it; what else it answers may be taken later", async () => {
    answer = status.INVALID_ARGUMENT;
    expect(await send()).toMatchObject({ kind: "refused", reason: "gRPC status 3 (INVALID_ARGUMENT)" });
    answer = status.UNAVAILABLE;
    expect(await send()).toEqual({ kind: "retry", afterMs: undefined, reason: "gRPC status 14" });
  });

  it("that asks for time, as OTLP has it or as a proxy does, is given it", async () => {
    answer = status.UNAVAILABLE;
    trailers.set("retry-after", "30");
    expect(await send()).toMatchObject({ kind: "retry", afterMs: 30_000 });
    const details = encodeStatus({ code: status.UNAVAILABLE, message: "", retryAfterMs: 600_000 });
    trailers.set("grpc-status-details-bin", Buffer.from(details));
    expect(await send()).toMatchObject({ kind: "retry", afterMs: 600_000 });
    trailers.set("grpc-status-details-bin", Buffer.from("no status"));
    expect(await send()).toMatchObject({ kind: "retry", afterMs: 30_000 });
  });
});
