/** One way to take in and to send unary OTLP/gRPC calls whose messages stay bytes. */
export interface Candidate {
  /** Takes in messages on a free port of the loopback interface and answers each with an empty message. Resolves with the port. */
  listen(): Promise<number>;
  /** One connection to host:port. */
  connect(endpoint: string): CandidateClient;
}

/** A client of a {@link Candidate}. */
export interface CandidateClient {
  /** Resolves when the answer is OK, else rejects. */
  call(message: Uint8Array): Promise<void>;
  close(): void;
}

export const EXPORT_PATH = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
