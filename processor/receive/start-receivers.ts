import type { TransactionalHop } from "../kafka/transactional-writer.ts";
import type { ReceiveConfig } from "./config.ts";
import type { Receiver } from "./consume.ts";
import { createEntrance } from "./entrance.ts";
import { startGrpcReceiver } from "./grpc.ts";
import type { HandlePorts } from "./handle.ts";
import { startHttpReceiver } from "./http.ts";
import type { KafkaReceiver } from "./kafka/kafka-receiver.ts";
import { createAdmission, REQUEST_BYTES } from "./limits.ts";
import type { ScoringPorts } from "./services/scoring-service.ts";

/** The open doors. */
export interface Receivers {
  /** host:port really bound; undefined for a transport that is switched off. */
  readonly grpcAddress: string | undefined;
  readonly httpAddress: string | undefined;
  /** Whether what Kafka holds can be read; undefined where nothing is read from it. */
  readonly isKafkaReachable: boolean | undefined;
  /** Of all requests that have arrived and are not answered yet. */
  readonly bytesInFlight: number;
  stop(): Promise<void>;
}

/** What the doors are handed. */
export interface ReceiverPorts extends Omit<HandlePorts & ScoringPorts, "admission" | "entrance"> {
  /** Headers that go on to the next hop, in lower case; none by default. */
  readonly metadataKeys?: readonly string[];
  /** Whether the next hop is told the keys of Kafka's messages; not by default. */
  readonly keepsMessageKeys?: boolean;
  /** Where offsets of Kafka go with what came of its messages; by default they are committed after it. */
  readonly transactionalHop?: TransactionalHop | undefined;
}

/** Opens every transport that the configuration names; when one cannot listen, the others are closed again. */
export async function startReceivers(config: ReceiveConfig, ports: ReceiverPorts): Promise<Receivers> {
  const admission = createAdmission(config.max_in_flight_bytes, REQUEST_BYTES);
  const { metadataKeys = [] } = ports;
  const entrance = createEntrance({ ...config, metadataKeys, now: () => performance.now() });
  const shared = { ...ports, admission, entrance };
  const started = await Promise.allSettled([
    config.grpc.endpoint === "" ? undefined : startGrpcReceiver(config, shared),
    config.http.endpoint === "" ? undefined : startHttpReceiver(config, shared),
  ]);
  const [grpc, http] = started.map((one) => (one.status === "fulfilled" ? one.value : undefined));
  const stopDoors = () => Promise.all([grpc, http].map((receiver: Receiver | undefined) => receiver?.stop()));
  const failure = started.find((one) => one.status === "rejected");
  if (failure !== undefined) {
    await stopDoors();
    throw failure.reason;
  }
  const kafka = await startKafka(config, shared, stopDoors);
  return {
    grpcAddress: grpc?.address,
    httpAddress: http?.address,
    get bytesInFlight() {
      return admission.bytesInFlight;
    },
    get isKafkaReachable() {
      return kafka?.isReachable();
    },
    stop: async () => void (await Promise.all([stopDoors(), kafka?.stop()])),
  };
}

/** Last of all: it reads on at once. Its program is read only where it is wanted. */
async function startKafka(
  config: ReceiveConfig,
  ports: HandlePorts & Pick<ReceiverPorts, "keepsMessageKeys" | "transactionalHop">,
  stopDoors: () => Promise<unknown>,
): Promise<KafkaReceiver | undefined> {
  if (config.kafka.brokers.length === 0) return undefined;
  try {
    const { startKafkaReceiver } = await import("./kafka/kafka-receiver.ts");
    return startKafkaReceiver(config, ports.keepsMessageKeys ?? false, ports.transactionalHop, ports);
  } catch (error) {
    await stopDoors();
    throw error;
  }
}
