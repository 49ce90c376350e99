import { readFileSync } from "node:fs";
import { request } from "node:https";
import { connect, type TLSSocket } from "node:tls";
import { ChannelCredentials, Client, Metadata, type ServiceError } from "@grpc/grpc-js";
import { fixture, type Holder } from "./tls-files.ts";

/** What a sender shows, and what it is told. */
export interface TlsSender {
  /** Undefined: no certificate. */
  readonly holder?: Holder | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

const EXPORT = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";

/** The gRPC status code of one export over TLS, by the real client. */
export async function exportOverGrpc(
  address: string,
  body: Uint8Array,
  { holder, headers = {} }: TlsSender = {},
): Promise<number> {
  const { ca, cert = null, key = null } = credentialsOf(holder);
  const port = address.split(":").at(-1);
  const client = new Client(`localhost:${port}`, ChannelCredentials.createSsl(ca, key, cert), {
    "grpc.use_local_subchannel_pool": 1,
  });
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  try {
    return await new Promise((resolve) =>
      client.makeUnaryRequest(
        EXPORT,
        (bytes: Uint8Array) => Buffer.from(bytes),
        (bytes: Buffer) => bytes,
        body,
        metadata,
        { deadline: Date.now() + 20_000 },
        (error: ServiceError | null) => resolve(error?.code ?? 0),
      ),
    );
  } finally {
    client.close();
  }
}

/** The HTTP status of one export over TLS; the code of the error where there is none. */
export function exportOverHttp(
  address: string,
  body: Uint8Array,
  { holder, headers = {} }: TlsSender = {},
): Promise<number | string> {
  return new Promise((resolve) => {
    const sent = request(
      `https://${address}/v1/logs`,
      {
        method: "POST",
        agent: false,
        headers: { "content-type": "application/x-protobuf", ...headers },
        ...credentialsOf(holder),
      },
      (response) => {
        response.resume();
        response.once("end", () => resolve(response.statusCode ?? 0));
      },
    );
    sent.on("error", (error) => resolve("code" in error ? String(error.code) : error.message));
    sent.end(body);
  });
}

/** A handshake alone. Rejects when the server refuses it. */
export function handshake(address: string, options: object = {}): Promise<TLSSocket> {
  const [host = "", port] = address.split(":");
  return new Promise((resolve, reject) => {
    const socket = connect(
      { host, port: Number(port), ca: readFileSync(fixture("ca.pem")), ...options },
      () => resolve(socket),
    );
    socket.once("error", reject);
  });
}

/** The name of the certificate that a server shows. */
export async function shownName(address: string, options: object = {}): Promise<string> {
  const socket = await handshake(address, options);
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

function credentialsOf(holder: Holder | undefined) {
  const ca = readFileSync(fixture("ca.pem"));
  if (holder === undefined) return { ca };
  return { ca, cert: readFileSync(fixture(`${holder}.pem`)), key: readFileSync(fixture(`${holder}.key`)) };
}
