import {
  ChannelCredentials,
  Client,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { type Candidate, EXPORT_PATH } from "./candidate.ts";

const asIs = (bytes: Buffer) => bytes;

/** @param windowBytes of the client's flow control; grpc-js has no option for the server's */
export function grpcJs(windowBytes?: number): Candidate {
  return {
    async listen() {
      const server = new Server({ "grpc.max_receive_message_length": -1 });
      server.addService(
        {
          Export: {
            path: EXPORT_PATH,
            requestStream: false,
            responseStream: false,
            requestSerialize: asIs,
            requestDeserialize: asIs,
            responseSerialize: asIs,
            responseDeserialize: asIs,
          },
        },
        {
          Export: (_: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) =>
            callback(null, Buffer.alloc(0)),
        },
      );
      return new Promise((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
          error === null ? resolve(port) : reject(error),
        );
      });
    },
    connect(endpoint) {
      const client = new Client(endpoint, ChannelCredentials.createInsecure(), {
        "grpc.max_send_message_length": -1,
        ...(windowBytes === undefined ? {} : { "grpc-node.flow_control_window": windowBytes }),
      });
      return {
        call: (message) =>
          new Promise((resolve, reject) => {
            client.makeUnaryRequest(
              EXPORT_PATH,
              (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
              asIs,
              message,
              (error) => (error === null ? resolve() : reject(error)),
            );
          }),
        close: () => client.close(),
      };
    },
  };
}
