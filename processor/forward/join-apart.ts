import { LRUCache } from "lru-cache";
import type { Sender } from "./sender.ts";

/**
 * Requests whose headers differ never go on as one: each combination of headers has a queue of its own, and with it its own
 * memory of what the next hop said. Over the limit the queue longest unused is let go of; what waits in it goes on all the same.
 * @param join makes the queue of one combination
 */
export function joinApart(sender: Sender, join: (sender: Sender) => Sender, combinationsMax: number): Sender {
  const withoutHeaders = join(sender);
  const queues = new LRUCache<string, Sender>({ max: combinationsMax });
  return {
    send(body, signal, metadata) {
      if (metadata === undefined) return withoutHeaders.send(body, signal);
      const known = queues.get(metadata.key);
      if (known !== undefined) return known.send(body, signal);
      const { close } = sender;
      const queue = join({ send: (joined, one) => sender.send(joined, one, metadata), close });
      queues.set(metadata.key, queue);
      return queue.send(body, signal);
    },
    close: () => sender.close(),
  };
}
