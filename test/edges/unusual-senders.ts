import { type Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";
import { ChannelCredentials, Client } from "@grpc/grpc-js";
import { aRequest } from "./relay.ts";

/** A request whose body the test writes itself; its errors are nobody's. */
export function upload(address: string, headers: Readonly<Record<string, string>>): ClientRequest {
  const sent = request(`http://${address}/v1/logs`, {
    method: "POST",
    agent: false,
    headers: { "content-type": "application/x-protobuf", ...headers },
  });
  sent.on("error", () => undefined);
  return sent;
}

/** One chunk of a body without a length. */
export function chunkOf(data: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from("\r\n")]);
}

/** A whole body in one chunk. */
export function chunked(data: Uint8Array): Buffer {
  return Buffer.concat([chunkOf(data), Buffer.from("0\r\n\r\n")]);
}

/** What a sender hears that listens only when it has sent everything, as a simple one does. */
export async function writeThenRead(
  address: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): Promise<string> {
  const [host = "", port = ""] = address.split(":");
  const socket: Socket = connect(Number(port), host);
  const head = Object.entries({ host, "content-type": "application/x-protobuf", ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
  const written = Promise.withResolvers<void>();
  socket.once("error", written.reject);
  socket.pause();
  socket.write(`POST /v1/logs HTTP/1.1\r\n${head}\r\n`);
  socket.write(body, () => written.resolve());
  await written.promise;
  const answer = new Promise<string>((resolve) =>
    socket.once("data", (data) => resolve(data.toString("latin1"))),
  );
  socket.resume();
  const heard = await answer;
  socket.destroy();
  return heard;
}

/** Sends a request and goes away when it has arrived. */
export async function leaveHttp(address: string, arrived: Promise<void>): Promise<void> {
  const sent = upload(address, {});
  sent.end(aRequest());
  await arrived;
  sent.destroy();
}

/** Calls and cancels when the call has arrived. */
export async function leaveGrpc(address: string, arrived: Promise<void>): Promise<void> {
  const client = new Client(address, ChannelCredentials.createInsecure());
  const call = client.makeUnaryRequest(
    "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
    (bytes: Uint8Array) => Buffer.from(bytes),
    (bytes: Buffer) => bytes,
    aRequest(),
    () => undefined,
  );
  await arrived;
  call.cancel();
  client.close();
}

/** The bytes of a grpc.health.v1.HealthCheckResponse. */
export function callHealth(address: string, body: Buffer): Promise<number[]> {
  const client = new Client(address, ChannelCredentials.createInsecure());
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      "/grpc.health.v1.Health/Check",
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      body,
      (error, response) => {
        client.close();
        if (error === null) resolve([...(response ?? [])]);
        else reject(error);
      },
    );
  });
}

/** The status of a good request over the agent's connection, or the error's code. */
export function sendOver(agent: Agent, address: string): Promise<number | string> {
  return new Promise((resolve) => {
    const headers = { "content-type": "application/x-protobuf" };
    const sent = request(
      `http://${address}/v1/logs`,
      { method: "POST", agent, headers },
      (response: IncomingMessage) => {
        response.resume();
        response.once("end", () => resolve(response.statusCode ?? 0));
      },
    );
    sent.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "error"));
    sent.end(aRequest());
  });
}
