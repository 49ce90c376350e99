import { connect } from "node:net";
import type { ForwardConfig } from "./config.ts";
import { kafkaEndpointOf } from "./kafka/kafka-endpoint.ts";
import { targetOf } from "./target.ts";

/** For a connection to be made. */
const CONNECT_MS_MAX = 2_000;

/** Whether a TCP connection to the next hop can be made now (of Kafka to one of its brokers); it is closed at once. Never rejects. */
export async function canConnect(config: ForwardConfig): Promise<boolean> {
  const kafka = kafkaEndpointOf(config.endpoint);
  const addresses = kafka?.brokers.map((broker) => new URL(`http://${broker}`)) ?? [addressOf(config)];
  const answers = await Promise.all(addresses.map(canConnectTo));
  return answers.includes(true);
}

function addressOf(config: ForwardConfig): URL {
  const { protocol, authority, url } = targetOf(config);
  return new URL(protocol === "grpc" ? `http://${authority}` : url);
}

function canConnectTo({ hostname, port, protocol }: URL): Promise<boolean> {
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port || (protocol === "https:" ? 443 : 80)) });
    const end = (isConnected: boolean) => {
      socket.destroy();
      resolve(isConnected);
    };
    socket.setTimeout(CONNECT_MS_MAX, () => end(false));
    socket.once("connect", () => end(true)).once("error", () => end(false));
  });
}
