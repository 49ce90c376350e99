import fc from "fast-check";
import { expect, it } from "vitest";
import type { GroupMember } from "../../kafka/group-member.ts";
import type { KafkaMessage, Place, Position } from "../../kafka/messages.ts";
import { mulberry32 } from "../../learn/mulberry32.ts";
import { createAdmission } from "../limits.ts";
import { kafkaConfig } from "./config.ts";
import { type Session, startSession } from "./session.ts";

const TOPIC = "logs";
const config = kafkaConfig.parse({
  brokers: ["127.0.0.1:9092"],
  topics: [{ name: TOPIC }],
  max_batch_messages: 3,
});

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Brokers that keep a topic and a group's offsets, and whose answers get lost now and then. */
function brokersOf(messagesEach: number, random: () => number) {
  const offsets = new Map<number, bigint>();
  const lose = (what: string) => {
    if (random() < 0.1) throw new Error(`${what} got lost`);
  };
  const messageAt = (partition: number, offset: number): KafkaMessage => ({
    topic: TOPIC,
    partition,
    offset: BigInt(offset),
    timestampMs: 0,
    key: undefined,
    value: Buffer.from("x"),
  });
  const member: GroupMember = {
    isCurrent: () => random() > 0.1,
    leaders: async (places) => Map.groupBy(places, ({ partition }) => partition % 2),
    async fetch(_, positions) {
      // A broker is busy now and then, or the client tries again: the partitions may have been divided anew meanwhile.
      for (let left = Math.floor(random() * 16) - 12; left >= 0; left -= 1) await turn();
      lose("a fetch");
      return positions.map(({ topic, partition, offset }) => {
        const count = Math.min(messagesEach - Number(offset), Math.floor(random() * 5));
        const messages = Array.from({ length: count }, (_unused, i) =>
          messageAt(partition, Number(offset) + i),
        );
        return { kind: "messages" as const, topic, partition, messages, next: offset + BigInt(count) };
      });
    },
    async committed(places) {
      await turn();
      return places.flatMap((place): Position[] => {
        const offset = offsets.get(place.partition);
        return offset === undefined ? [] : [{ ...place, offset }];
      });
    },
    edges: async (places) => places.map((place) => ({ ...place, offset: 0n })),
    async commit(positions) {
      lose("a commit");
      for (const { partition, offset } of positions) offsets.set(partition, offset);
      await turn();
      lose("the answer to a commit");
    },
    membership: () => expect.fail("nothing is written in transactions"),
    leave: async () => undefined,
  };
  return { member, offsets };
}

const MESSAGES_EACH = 25;
const PLACES: readonly Place[] = [0, 1, 2].map((partition) => ({ topic: TOPIC, partition }));

/** Members of one group, one after the other, and a next hop that knows what it has taken. */
function createGroup(random: () => number) {
  const brokers = brokersOf(MESSAGES_EACH, random);
  const taken = PLACES.map((): number[] => []);
  const deliver = async (messages: readonly KafkaMessage[], signal: AbortSignal) => {
    for (let left = Math.floor(random() * 40) - 30; left > 0; left -= 1) await turn();
    // What a member that is gone had sent may arrive all the same, or only a part of it.
    const arriving = signal.aborted ? messages.slice(0, Math.floor(random() * messages.length)) : messages;
    for (const { partition, offset } of arriving) taken[partition]?.push(Number(offset));
  };
  return {
    start: () =>
      startSession({
        member: brokers.member,
        config,
        admission: createAdmission(5),
        deliver,
        openWriter: undefined,
        pause: turn,
        warn: () => undefined,
        onRead: () => undefined,
        onFailed: () => undefined,
        onBroken: () => undefined,
      }),
    /** All is taken, or the group believes so. */
    isDone: () =>
      taken.every((offsets) => new Set(offsets).size === MESSAGES_EACH) ||
      PLACES.every(({ partition }) => brokers.offsets.get(partition) === BigInt(MESSAGES_EACH)),
    /** Nothing is committed that was not taken, and everything was taken in its order at first. */
    check() {
      for (const [partition, offset] of brokers.offsets)
        expect(new Set(taken[partition]?.filter((at) => at < Number(offset))).size).toBe(Number(offset));
      for (const offsets of taken) {
        const firsts = [...new Set(offsets)];
        expect(firsts).toEqual(firsts.toSorted((a, b) => a - b));
      }
    },
  };
}

interface Event {
  readonly turns: number;
  readonly kind: "crash" | "drain" | "drain that is cut" | "next division" | "a division that was missed";
}

const event: fc.Arbitrary<Event> = fc.record({
  turns: fc.integer({ min: 1, max: 40 }),
  kind: fc.constantFrom("crash", "drain", "drain that is cut", "next division", "a division that was missed"),
});

/** Waits, lets happen what happens, and divides the partitions anew; the session that goes on. */
async function live({ turns, kind }: Event, session: Session, start: () => Session): Promise<Session> {
  for (let i = 0; i < turns; i += 1) await turn();
  if (kind === "crash") await session.abandon();
  else if (kind === "drain") await session.drain(1_000);
  else if (kind === "drain that is cut") await session.drain(0);
  else return session;
  return start();
}

async function tell(events: readonly Event[], random: () => number): Promise<void> {
  const group = createGroup(random);
  let generation = 1;
  let session = group.start();
  session.assign({ memberId: "first", generation, places: PLACES });
  for (const one of events) {
    session = await live(one, session, group.start);
    generation += one.kind === "a division that was missed" ? 2 : 1;
    session.assign({ memberId: "first", generation, places: PLACES.filter(() => random() < 0.7) });
    group.check();
  }
  await session.abandon();
  const last = group.start();
  last.assign({ memberId: "last", generation, places: PLACES });
  while (!group.isDone()) await turn();
  await last.drain(1_000);
  group.check();
}

it("however members crash, leave and change: nothing is committed before it was taken, and all is taken, in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.array(event, { minLength: 1, maxLength: 12 }), (seed, events) =>
      tell(events, mulberry32(seed)),
    ),
    { numRuns: 200 },
  );
});
