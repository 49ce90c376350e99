import type { SequenceWindow } from "../window/sequence-window.ts";
import type { Detector } from "./detector.ts";
import { noOpinions, type OpinionsInProgress } from "./opinions.ts";
import { perRequest } from "./per-request.ts";
import {
  createServiceOrders,
  type OrderDraft,
  type ServiceOrders,
  type ServiceOrdersState,
  serviceOrdersState,
} from "./service-orders.ts";
import { createSizedTable } from "./sized-table.ts";

/** Bounds on the memory of this detector. */
export interface OrderChangeOptions {
  readonly maxServices?: number;
  /** Templates told apart in each service. */
  readonly maxKnownTemplates?: number;
  /** Templates after which is counted what follows, for each service. */
  readonly maxContexts?: number;
  /** Contexts and templates kept over all services; over it the least recently seen service is forgotten. */
  readonly maxTotal?: number;
}

/** Below it nobody asks what was usual, in nats. */
const TOLD_FROM_LEVEL = 2;

/**
 * Whether the order of a service's requests has changed. One request in another order proves nothing: of a thousand cases one is
 * always the oddest. Several of them within minutes do: see order-track.ts. An event's predecessor is the one in its own trace, however many
 * requests are interleaved, or the one in its stream where it has no trace. Surprise is -ln of a probability, on the events that raise it.
 * Throws, on `restore`, an Error that names the field when the state is not in the expected format.
 */
export function createOrderChangeDetector({
  maxServices = 1_000,
  maxKnownTemplates = 5_000,
  maxContexts = 8_192,
  maxTotal = 200_000,
}: OrderChangeOptions = {}): Detector {
  const limits = { templatesMax: maxKnownTemplates, contextsMax: maxContexts };
  const services = createSizedTable<ServiceOrders, ServiceOrdersState>(
    "order-change",
    { servicesMax: maxServices, sizeMax: maxTotal },
    serviceOrdersState,
    (state) => createServiceOrders(limits, state),
  );
  const draftOf = perRequest((): OrderDraft => new Map());

  return {
    name: "order-change",
    async score(places, signal) {
      const opinions = noOpinions("order-change", places);
      const draft = draftOf(signal);
      for (const [index, window] of places.windows.entries()) {
        const orders = services.peek(window.service);
        if (orders !== undefined) scoreWindow(window, places.firsts[index] ?? 0, orders, draft, opinions);
      }
      return opinions;
    },
    learn(windows) {
      for (const window of windows) {
        if (window.freshFrom === window.events.length) continue;
        services.teach(window.service, (orders) => {
          for (let event = window.freshFrom; event < window.events.length; event += 1)
            orders.learn(window, event);
        });
      }
    },
    snapshot: services.snapshot,
    restore: services.restore,
    forget: services.forget,
  };
}

/** @param first the place of the first fresh event */
function scoreWindow(
  window: SequenceWindow,
  first: number,
  orders: ServiceOrders,
  draft: OrderDraft,
  opinions: OpinionsInProgress,
): void {
  for (let event = window.freshFrom; event < window.events.length; event += 1) {
    const level = orders.level(window, event, draft);
    if (level === undefined) continue;
    const place = first + event - window.freshFrom;
    opinions.surprises[place] = level;
    if (level >= TOLD_FROM_LEVEL) opinions.tell(place, orders.facts(window, event, draft));
  }
}
