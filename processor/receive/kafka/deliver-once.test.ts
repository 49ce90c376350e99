import fc from "fast-check";
import { expect, it } from "vitest";
import type { GroupMember } from "../../kafka/group-member.ts";
import type { NewMessage } from "../../kafka/message-writer.ts";
import type { KafkaMessage, Place, Position } from "../../kafka/messages.ts";
import type { TransactionalWriter } from "../../kafka/transactional-writer.ts";
import { mulberry32 } from "../../learn/mulberry32.ts";
import { readRequest } from "../../wire/read-request.ts";
import type { HandlePorts } from "../handle.ts";
import { createAdmission } from "../limits.ts";
import { kafkaConfig } from "./config.ts";
import { deliverOnce, type OncePorts } from "./deliver-once.ts";
import { type Session, startSession } from "./session.ts";

const config = kafkaConfig.parse({
  brokers: ["127.0.0.1:9092"],
  topics: [{ name: "in", encoding: "raw" }],
  dead_letter_topic: "aside",
  max_batch_messages: 3,
});
const PARTITIONS = [0, 1, 2];
const PLACES: readonly Place[] = PARTITIONS.map((partition) => ({ topic: "in", partition }));
const MESSAGES_EACH = 25;
/** The brokers never take these. */
const isPoison = (offset: number) => offset % 9 === 4;
/** Nor more messages of these at once, though each of them alone. */
const isLarge = (offset: number) => offset % 5 === 2;

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const turns = async (count: number) => {
  for (let left = count; left > 0; left -= 1) await turn();
};

/** As they are, but those of one key together: only they have an order. */
const byKey = (offsets: readonly number[]) => offsets.toSorted((a, b) => (a % 2) - (b % 2));

/** What one message out tells of those that it came of. */
function offsetsIn({ topic, value }: NewMessage): readonly number[] {
  if (value === undefined) return [];
  const bodies = topic === "aside" ? [String(value)] : readRequest(value).records.map(({ body }) => body);
  return bodies.map((body) => Number(body.split("/")[1]));
}

/** Brokers that keep a topic, a group's offsets, and who may write in whose name; requests and answers get lost now and then. */
function brokersOf(random: () => number) {
  const offsets = new Map<number, bigint>();
  const epochs = new Map<number, number>();
  const out = new Map(PARTITIONS.map((one): [number, number[]] => [one, []]));
  const aside = new Map(PARTITIONS.map((one): [number, number[]] => [one, []]));
  const lose = (what: string) => {
    if (random() < 0.1) throw new Error(`${what} got lost`);
  };
  const refuse = (messages: readonly NewMessage[]) => {
    if (messages.some((one) => one.topic === "out" && offsetsIn(one).some(isPoison)))
      throw Object.assign(new Error("too large"), { apiId: "MESSAGE_TOO_LARGE" });
    if (messages.length > 1 && messages.some((one) => offsetsIn(one).some(isLarge)))
      throw Object.assign(new Error("too many"), { apiId: "RECORD_LIST_TOO_LARGE" });
  };
  const opened = new Set<TransactionalWriter>();
  const openWriter = async ({ partition }: Place): Promise<TransactionalWriter> => {
    let own = 0;
    const within = async (work: () => void) => {
      await turns(Math.floor(random() * 6));
      lose("a request");
      if (own === 0 || own !== epochs.get(partition)) throw new Error("fenced");
      work();
      await turns(Math.floor(random() * 6));
      lose("an answer");
    };
    let isClaimed = false;
    const orDrop = async (work: Promise<void>) => {
      isClaimed = true;
      await work.catch((error: unknown) => {
        isClaimed = false;
        throw error;
      });
    };
    const claim = async () => {
      await turns(Math.floor(random() * 6));
      lose("a claim");
      own = (epochs.get(partition) ?? 0) + 1;
      epochs.set(partition, own);
    };
    const writer: TransactionalWriter = {
      isClaimed: () => isClaimed,
      claim: () => orDrop(claim()),
      write: (messages, position) =>
        orDrop(
          within(() => {
            if (!isClaimed) expect.fail("it was not claimed");
            refuse(messages);
            for (const one of messages)
              (one.topic === "aside" ? aside : out).get(partition)?.push(...offsetsIn(one));
            offsets.set(partition, position.offset);
          }),
        ),
      close: () => {
        isClaimed = false;
        opened.delete(writer);
      },
    };
    opened.add(writer);
    return writer;
  };
  const member: GroupMember = {
    isCurrent: () => random() > 0.1,
    leaders: async (places) => Map.groupBy(places, ({ partition }) => partition % 2),
    async fetch(_, positions) {
      await turns(Math.floor(random() * 4));
      lose("a fetch");
      return positions.map(({ topic, partition, offset }) => {
        const count = Math.min(MESSAGES_EACH - Number(offset), Math.floor(random() * 5));
        const messages = Array.from({ length: count }, (_unused, i): KafkaMessage => {
          const at = offset + BigInt(i);
          const value = Buffer.from(`${partition}/${at}`);
          return { topic, partition, offset: at, timestampMs: 0, key: Buffer.from(`${at % 2n}`), value };
        });
        return { kind: "messages" as const, topic, partition, messages, next: offset + BigInt(count) };
      });
    },
    async committed(places) {
      await turn();
      lose("a look");
      return places.flatMap((place): Position[] => {
        const offset = offsets.get(place.partition);
        return offset === undefined ? [] : [{ ...place, offset }];
      });
    },
    edges: async (places) => places.map((place) => ({ ...place, offset: 0n })),
    commit: () => expect.fail("offsets go with what was written"),
    membership: () => expect.fail("only a real writer asks"),
    leave: async () => undefined,
  };
  return { member, openWriter, opened, offsets, out, aside };
}

/** What delivering in transactions needs; every request is put into the outbox as one message. */
function portsWith(consume: HandlePorts["consume"]): OncePorts {
  const [topic] = config.topics;
  return {
    handling: {
      consume,
      admission: createAdmission(1_000),
      entrance: () => expect.fail("Kafka comes in by no door"),
      observer: { refused: () => undefined, connectionRefused: () => undefined },
      warn: () => undefined,
      onError: (error) => expect.fail(String(error)),
    },
    topics: topic === undefined ? new Map() : new Map([[topic.name, topic]]),
    bytesMax: 1_000,
    deadLetterTopic: config.dead_letter_topic,
    pause: turn,
  };
}

/** Sessions of one group, of which several may believe that a partition is theirs. */
function createGroup(random: () => number) {
  const brokers = brokersOf(random);
  /** Requests that wait to be told what became of them. */
  let waiting = 0;
  const once = portsWith(async (bytes, _signal, _transport, metadata) => {
    await turns(Math.floor(random() * 4));
    metadata?.outbox?.add([{ topic: "out", key: metadata.messageKey, value: Buffer.from(bytes) }]);
    waiting += 1;
    metadata?.outbox?.whenOver(async () => {
      waiting -= 1;
    });
    return { kind: "accepted", rejectedRecords: 0, message: "" };
  });
  return {
    brokers,
    start: (onBroken: (cause: unknown) => void) =>
      startSession({
        member: brokers.member,
        config,
        admission: createAdmission(100_000),
        deliver: (messages, signal, partition) =>
          partition === undefined
            ? expect.fail("in transactions")
            : deliverOnce(messages, once, partition, signal),
        openWriter: brokers.openWriter,
        pause: turn,
        warn: () => undefined,
        onRead: () => undefined,
        onFailed: () => undefined,
        onBroken,
      }),
    waiting: () => waiting,
    isDone: () => PARTITIONS.every((partition) => brokers.offsets.get(partition) === BigInt(MESSAGES_EACH)),
    /** Each message before the group's offset is where it belongs, once, in order, and none behind it. */
    check() {
      for (const partition of PARTITIONS) {
        const before = Array.from({ length: Number(brokers.offsets.get(partition) ?? 0n) }, (_, i) => i);
        expect(byKey(brokers.out.get(partition) ?? [])).toEqual(
          byKey(before.filter((offset) => !isPoison(offset))),
        );
        expect(brokers.aside.get(partition)).toEqual(before.filter(isPoison));
      }
    },
  };
}

const EVENTS = ["crash", "drain", "next division", "a division that was missed", "frozen", "thawed"] as const;
const event = fc.record({ turns: fc.integer({ min: 1, max: 60 }), kind: fc.constantFrom(...EVENTS) });
type Event = typeof event extends fc.Arbitrary<infer One> ? One : never;

/** Lets happen what happens, and gives the session that goes on. */
async function live(kind: Event["kind"], session: Session, frozen: Session[]): Promise<Session | undefined> {
  if (kind === "crash") await session.abandon();
  else if (kind === "drain") await session.drain(0);
  else if (kind === "frozen") frozen.push(session);
  else {
    if (kind === "thawed") await frozen.pop()?.abandon();
    return session;
  }
  return undefined;
}

async function tell(events: readonly Event[], random: () => number): Promise<void> {
  const group = createGroup(random);
  const frozen: Session[] = [];
  let generation = 1;
  let session = group.start(() => undefined);
  session.assign({ memberId: "one", generation, places: PLACES });
  for (const { turns: count, kind } of events) {
    await turns(count);
    group.check();
    generation += kind === "a division that was missed" ? 2 : 1;
    session = (await live(kind, session, frozen)) ?? group.start(() => undefined);
    session.assign({ memberId: "one", generation, places: PLACES.filter(() => random() < 0.7) });
  }
  for (const one of [...frozen, session]) await one.abandon();
  while (!group.isDone()) await readOn(group, generation);
  group.check();
  await expect.poll(() => [group.waiting(), group.brokers.opened.size]).toEqual([0, 0]);
}

/** The last member, until all is read or it cannot go on. */
async function readOn(group: ReturnType<typeof createGroup>, generation: number): Promise<void> {
  let isBroken = false;
  const session = group.start(() => {
    isBroken = true;
  });
  session.assign({ memberId: "last", generation, places: PLACES });
  while (!group.isDone() && !isBroken) {
    await turn();
    group.check();
  }
  await session.abandon();
}

it("however members crash, freeze and change: what came of each message is written once, in order, with the group's offset", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.array(event, { minLength: 1, maxLength: 12 }), (seed, events) =>
      tell(events, mulberry32(seed)),
    ),
    { numRuns: 100 },
  );
});

it("whoever lets go of a partition does not wait for brokers that do not answer, and what was to be written is nobody's", async () => {
  const never = new Promise<never>(() => undefined);
  const told: unknown[] = [];
  const once = portsWith(async (bytes, _signal, _transport, metadata) => {
    metadata?.outbox?.add([{ topic: "out", key: undefined, value: Buffer.from(bytes) }]);
    metadata?.outbox?.whenOver(async (outcome) => void told.push(outcome));
    return { kind: "accepted", rejectedRecords: 0, message: "" };
  });
  const writer = { isClaimed: () => true, claim: () => never, write: () => never, close: () => undefined };
  const partition = { writer, committed: () => never, isCurrent: () => true };
  const letGo = new AbortController();
  const message = { topic: "in", partition: 0, offset: 0n, timestampMs: 0, key: undefined };
  const delivering = deliverOnce([{ ...message, value: Buffer.from("0/0") }], once, partition, letGo.signal);
  await turns(20);
  letGo.abort(new Error("another's now"));
  await delivering;
  expect(told).toEqual([undefined]);
});
