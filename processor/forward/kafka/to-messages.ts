import type { NewMessage } from "../../kafka/message-writer.ts";
import { serviceName } from "../../window/service-name.ts";
import { isConcatenable } from "../../wire/is-concatenable.ts";
import { readRequest } from "../../wire/read-request.ts";
import { splitResources } from "../../wire/split-resources.ts";

/**
 * A request as messages. With a key it is one. Without, each service's records are a message whose key is the service's name, so
 * that a service stays in a partition; resources of one service keep their order.
 */
export function toMessages(body: Uint8Array, topic: string, key: Buffer | undefined): readonly NewMessage[] {
  const message = (bytes: Uint8Array, own: Buffer | undefined): NewMessage => ({
    topic,
    key: own,
    value: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  });
  if (key !== undefined) return [message(body, key)];
  const resources = isConcatenable(body) ? splitResources(body) : [body];
  const byService = Map.groupBy(resources, serviceOf);
  return [...byService].map(([service, same]) => {
    const [only] = same;
    const bytes = only !== undefined && same.length === 1 ? only : Buffer.concat(same);
    return message(byService.size === 1 ? body : bytes, Buffer.from(service));
  });
}

function serviceOf(request: Uint8Array): string {
  const [first] = readRequest(request).records;
  return first === undefined ? "" : serviceName(first);
}
