import { z } from "zod";
import { stateList } from "../template/state-list.ts";
import type { SequenceWindow } from "../window/sequence-window.ts";
import type { EvidenceFacts } from "./evidence.ts";
import {
  createOrderTrack,
  follow,
  isUsual,
  type OrderTrack,
  orderTrackState,
  orderTrackStateOf,
} from "./order-track.ts";
import { createRecencyMap } from "./recency-map.ts";
import { BEGIN, createTransitions, transitionsState, UNSEEN } from "./transitions.ts";

/** One service's orders as JSON: what follows what, and the tracks by template id, least recently seen first. */
export const serviceOrdersState = z.strictObject({
  transitions: transitionsState,
  tracks: z.array(z.tuple([z.string(), orderTrackState])),
});
export type ServiceOrdersState = z.infer<typeof serviceOrdersState>;

/** Bounds on the memory of one service. */
export interface OrderLimits {
  readonly templatesMax: number;
  readonly contextsMax: number;
}

/** Tracks of a request that is scored, which are not learned yet, by what they go on from. */
export type OrderDraft = Map<OrderTrack, OrderTrack>;

/** The order of events in the requests of one service. */
export interface ServiceOrders {
  /**
   * How far an event's template has left its habit of late, in nats; undefined where nothing is known.
   * @param draft goes on from event to event
   */
  level(window: SequenceWindow, event: number, draft: OrderDraft): number | undefined;
  /** What is to be told of an event whose level has just been asked. */
  facts(window: SequenceWindow, event: number, draft: OrderDraft): EvidenceFacts;
  learn(window: SequenceWindow, event: number): void;
  /** Contexts and tracks. */
  size(): number;
  /** As JSON a {@link ServiceOrdersState}. */
  snapshot(): unknown;
}

export function createServiceOrders(limits: OrderLimits, state?: ServiceOrdersState): ServiceOrders {
  const transitions = createTransitions(limits, state?.transitions);
  const tracks = createRecencyMap<OrderTrack>(
    { max: limits.templatesMax, create: () => createOrderTrack() },
    (state?.tracks ?? []).map(([id, saved]) => [id, createOrderTrack(saved)]),
  );

  const tokenBefore = (window: SequenceWindow, event: number): number => {
    const id = previousOf(window, event);
    return id === "" ? BEGIN : id === undefined ? UNSEEN : transitions.token(id);
  };
  /** Undefined where one of the two is not known. */
  const surpriseAt = (window: SequenceWindow, event: number): number | undefined => {
    const id = window.events[event]?.match.templateId;
    const last = tokenBefore(window, event);
    if (id === undefined || last === UNSEEN) return undefined;
    const probability = transitions.probability(transitions.token(id), last, undefined);
    return probability > 0 ? -Math.log(probability) : undefined;
  };

  return {
    level(window, event, draft) {
      const subject = window.events[event];
      const track = subject && tracks.peek(subject.match.templateId);
      if (subject === undefined || track === undefined) return undefined;
      const surprise = surpriseAt(window, event);
      if (surprise === undefined) return undefined;
      if (isUsual(track, surprise) && !draft.has(track)) return 0;
      return follow(drafted(draft, track), surprise, subject.timeMs);
    },
    facts(window, event, draft) {
      const subject = window.events[event];
      const known = subject && tracks.peek(subject.match.templateId);
      const last = tokenBefore(window, event);
      const expected = transitions.expected(last, undefined);
      if (subject === undefined || known === undefined) return { expected };
      const { times, sinceMs } = drafted(draft, known);
      const order = transitions.order(transitions.token(subject.match.templateId), last, undefined);
      const detail = {
        kind: "order-change",
        times,
        spanMs: Math.max(0, subject.timeMs - sinceMs),
        after: transitions.text(last),
      } as const;
      return order === undefined ? { expected, detail } : { expected, detail, order };
    },
    learn(window, event) {
      const subject = window.events[event];
      if (subject === undefined) return;
      const { templateId, template } = subject.match;
      const surprise = surpriseAt(window, event);
      if (surprise !== undefined) follow(tracks.use(templateId), surprise, subject.timeMs);
      transitions.makeRoom();
      const next = transitions.intern(templateId, template);
      const last = tokenBefore(window, event);
      transitions.count(next, last === UNSEEN ? undefined : last, undefined);
    },
    size() {
      return transitions.size() + tracks.size();
    },
    snapshot: () => ({
      transitions: transitions.snapshot(),
      tracks: stateList(tracks.oldestFirst(), ([id, track]) => [id, orderTrackStateOf(track)]),
    }),
  };
}

/** The template before an event in its own trace or, where it is in none, in its stream; "" at the beginning of a trace. */
function previousOf({ events }: SequenceWindow, event: number): string | undefined {
  return events[event]?.previousInTrace ?? events[event - 1]?.match.templateId;
}

function drafted(draft: OrderDraft, track: OrderTrack): OrderTrack {
  const known = draft.get(track);
  if (known !== undefined) return known;
  const copy = createOrderTrack(orderTrackStateOf(track));
  draft.set(track, copy);
  return copy;
}
