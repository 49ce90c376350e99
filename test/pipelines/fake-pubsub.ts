import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { Server, ServerCredentials, type ServerDuplexStream } from "@grpc/grpc-js";

/** Pub/Sub's Subscriber on loopback: a subscription with some messages, each sent until it is acknowledged. */
export interface FakePubSub {
  readonly address: string;
  /** How many messages are acknowledged. */
  acknowledged(): number;
  close(): void;
}

const asIs = (bytes: Buffer) => bytes;

/** By google/pubsub/v1/pubsub.proto: StreamingPull alone. */
export async function startFakePubSub(messages: readonly Uint8Array[]): Promise<FakePubSub> {
  const open = new Map(messages.map((data, number) => [`ack-${number}`, data]));
  const server = new Server();
  server.addService(
    {
      streamingPull: {
        path: "/google.pubsub.v1.Subscriber/StreamingPull",
        requestStream: true,
        responseStream: true,
        requestSerialize: asIs,
        requestDeserialize: asIs,
        responseSerialize: asIs,
        responseDeserialize: asIs,
      },
    },
    {
      streamingPull(call: ServerDuplexStream<Buffer, Buffer>) {
        let isBegun = false;
        call.on("data", (request: Buffer) => {
          for (const id of acknowledgedIn(request)) open.delete(id);
          if (!isBegun) call.write(received(open));
          isBegun = true;
        });
        call.on("end", () => call.end());
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  return {
    address: `127.0.0.1:${port}`,
    acknowledged: () => messages.length - open.size,
    close: () => server.forceShutdown(),
  };
}

/** StreamingPullRequest.ack_ids. */
function acknowledgedIn(request: Uint8Array): readonly string[] {
  const reader = new BinaryReader(request);
  const ids: string[] = [];
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === 2 && type === WireType.LengthDelimited) ids.push(reader.string());
    else reader.skip(type, field);
  }
  return ids;
}

/** StreamingPullResponse.received_messages: ack_id, and message with data and message_id. */
function received(messages: ReadonlyMap<string, Uint8Array>): Buffer {
  const writer = new BinaryWriter();
  for (const [id, data] of messages) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(id);
    writer.tag(2, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).bytes(data);
    writer.tag(3, WireType.LengthDelimited).string(id);
    writer.join().join();
  }
  return Buffer.from(writer.finish());
}
