import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../helpers/free-port.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { keptSince } from "../store-contract/kept-since.ts";
import { type Answer, bodyOf, type Receiver, startReceiver, webhookTo } from "./receiver.ts";
import { createTelling, type Telling } from "./start-telling.ts";

const HOUR_MS = 3_600_000;

let receiver: Receiver;
let telling: Telling;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  // What is on its way ends with its receiver.
  await receiver.close();
  await telling.close();
});

const webhook = (fields?: object) => webhookTo(receiver, fields);
const types = () => receiver.received.map((one) => bodyOf(one).type);
const status = async () => (await telling.stage.channelStatuses())[0];

describe("an incident", () => {
  it("is one message when it begins and one when it is over, by the same id", async () => {
    telling = await createTelling({ channels: [webhook()] });
    await telling.start();
    await telling.anomaly(1);
    await receiver.got(1);
    for (let i = 2; i < 6; i += 1) await telling.anomaly(i);
    await waitFor("the channel to have looked at them", async () =>
      (await telling.stage.alertChanges("ops", 1)).revision === undefined ? true : undefined,
    );
    telling.clock.aheadMs = HOUR_MS;
    const received = await receiver.got(2);
    expect(received.map((one) => [bodyOf(one).type, bodyOf(one).incident?.anomalies])).toEqual([
      ["incident.opened", 1],
      ["incident.over", 5],
    ]);
    expect(new Set(received.map((one) => bodyOf(one).incident?.id)).size).toBe(1);
    expect(received.map(({ headers }) => headers["idempotency-key"])).toEqual(
      received.map((one) => bodyOf(one).id),
    );
  });

  it("that began and went on while nobody ran is told at the start", async () => {
    telling = await createTelling({ channels: [webhook()] });
    const first = await telling.start();
    await first.close();
    await telling.anomaly(1);
    await telling.anomaly(2);
    await telling.start();
    const [received] = await receiver.got(1);
    expect(received && bodyOf(received)).toMatchObject({
      type: "incident.opened",
      incident: { anomalies: 2 },
    });
  });

  it("from before there was a channel is not told", async () => {
    telling = await createTelling({ channels: [webhook()] });
    await telling.anomaly(1);
    await telling.start();
    await telling.anomaly(2, { service: "other" });
    await receiver.got(1);
    expect(receiver.received).toHaveLength(1);
    expect(receiver.received[0]?.body).toContain('"other"');
  });
});

describe("a receiver", () => {
  it("that is out of reach is told everything when it is back, each once", async () => {
    const port = await freePort();
    await receiver.close();
    telling = await createTelling({ channels: [webhook({ url: `http://127.0.0.1:${port}/x` })] });
    await telling.start();
    await telling.anomaly(1);
    await telling.anomaly(2, { service: "b" });
    await waitFor("a failed try", async () => (telling.outcomes.includes("ops retry") ? true : undefined));
    expect((await status())?.failingSinceMs).toBeTypeOf("number");
    expect(telling.errors.join()).toContain("ECONNREFUSED");
    receiver = await startReceiver(port);
    telling.clock.aheadMs = 60_000;
    await receiver.got(2);
    await waitFor("the channel to be well", async () =>
      (await status())?.failingSinceMs === undefined ? true : undefined,
    );
    const ids = receiver.received.map((one) => bodyOf(one).id);
    expect(new Set(ids).size).toBe(2);
    expect(ids).toHaveLength(2);
  });

  it("that asks for time is given it", async () => {
    let tries = 0;
    receiver.answer(() => {
      tries += 1;
      return tries === 1 ? { status: 429, headers: { "retry-after": "600" } } : { status: 200 };
    });
    telling = await createTelling({ channels: [webhook()] });
    await telling.start();
    await telling.anomaly(1);
    await waitFor("the first try", async () => (telling.outcomes.length > 0 ? true : undefined));
    telling.clock.aheadMs = 500_000;
    // The second one is stored after the turn in which the first one was.
    for (const waiting of [2, 3]) {
      await telling.anomaly(waiting, { service: `s${waiting}` });
      await waitFor("one more message to wait", async () =>
        ((await status())?.waiting ?? 0) >= waiting ? true : undefined,
      );
    }
    expect(receiver.received).toHaveLength(1);
    telling.clock.aheadMs = 700_000;
    const ids = (await receiver.got(4)).slice(0, 4).map(({ headers }) => headers["webhook-id"]);
    expect(ids.filter((id) => id === ids[0])).toHaveLength(2);
    expect(new Set(ids).size).toBe(3);
  });

  it("that never takes one message is sent the others, but for those about the same incident", async () => {
    receiver.answer(({ body }) => ({ status: body.includes('"bad"') ? 503 : 200 }));
    telling = await createTelling({ channels: [webhook({ limit_per_hour: 1 })] });
    await telling.start();
    await telling.anomaly(1, { service: "bad" });
    await waitFor("a failed try", async () => (telling.outcomes.includes("ops retry") ? true : undefined));
    await telling.anomaly(2, { service: "good" });
    await waitFor("the next one", async () => (telling.outcomes.includes("ops sent") ? true : undefined));
    telling.clock.aheadMs = HOUR_MS + 60_000;
    await waitFor("the good one's end", async () =>
      telling.outcomes.filter((one) => one === "ops sent").length === 2 ? true : undefined,
    );
    const ofBad = receiver.received.filter(({ body }) => body.includes('"bad"')).map(bodyOf);
    expect(new Set(ofBad.map(({ type }) => type))).toEqual(new Set(["incident.opened"]));
    expect(await status()).toMatchObject({ waiting: 1 });
  });

  it("that did not take a message once is sent it, though more begins all the time than may be told", async () => {
    receiver.answer(() => ({ status: 503 }));
    telling = await createTelling({ channels: [webhook({ limit_per_hour: 1 })] });
    await telling.start();
    await telling.anomaly(1, { service: "first" });
    await waitFor("a failed try", () => (telling.outcomes.includes("ops retry") ? true : undefined));
    receiver.answer(() => ({ status: 200 }));
    const sent = () => telling.outcomes.filter((one) => one === "ops sent").length;
    for (let hour = 1; hour <= 4; hour += 1) {
      await telling.anomaly(2 * hour, { service: `s${hour}` });
      await waitFor("a message of this hour", () => (sent() >= hour ? true : undefined));
      telling.clock.aheadMs += HOUR_MS + 60_000;
    }
    const taken = receiver.received.slice(-4).map(({ body }) => body.includes('"first"'));
    expect(taken).toContain(true);
  });

  it("that never takes two messages is sent the others without delay, however often it is tried", async () => {
    receiver.answer(({ body }) => ({ status: body.includes('"bad') ? 503 : 200 }));
    telling = await createTelling({ channels: [webhook()] });
    await telling.start();
    const nowMs = () => Date.now() + telling.clock.aheadMs;
    const load = () => telling.stage.channelLoad("ops", nowMs());
    const retries = () => telling.outcomes.filter((one) => one === "ops retry").length;
    await telling.anomaly(1, { service: "bad1" });
    await telling.anomaly(2, { service: "bad2" });
    await waitFor("both to fail", async () => ((await load()).failing === 2 ? true : undefined));
    await telling.anomaly(3, { service: "good" });
    await waitFor("the good one to wait", async () => ((await load()).waiting === 3 ? true : undefined));
    const before = retries();
    telling.clock.aheadMs = 400_000;
    await waitFor("both to be tried again", () => (retries() >= before + 2 ? true : undefined));
    expect(telling.outcomes).toContain("ops sent");
    expect((await load()).pausedUntilMs).toBeLessThan(nowMs());
  });

  it("that was away is sent nothing in quiet hours but tests", async () => {
    const timeIn = (ms: number) => new Date(Date.now() + ms).toISOString().slice(11, 16);
    const quiet = { time_zone: "UTC", from: timeIn(HOUR_MS), to: timeIn(3 * HOUR_MS) };
    receiver.answer(() => ({ status: 503 }));
    telling = await createTelling({ channels: [webhook({ quiet_hours: [quiet] })] });
    await telling.start();
    await telling.anomaly(1);
    await waitFor("a failed try", async () => (telling.outcomes.includes("ops retry") ? true : undefined));
    telling.clock.aheadMs = 2 * HOUR_MS;
    receiver.answer(() => ({ status: 200 }));
    const test = { key: "t", kind: "test" } as const;
    const notice = JSON.stringify({ kind: "test", channel: "ops" });
    await telling.stage.addTestMessage("ops", { ...test, notice }, Date.now());
    await waitFor("the test", async () => (types().includes("test") ? true : undefined));
    expect(types().at(-1)).toBe("test");
    telling.clock.aheadMs = 4 * HOUR_MS;
    await waitFor("the end", async () => (types().at(-1) === "incident.over" ? true : undefined));
    expect(types().slice(-3)).toEqual(["test", "incident.opened", "incident.over"]);
  });

  it("that refuses a message has it put aside, visibly and without its address, and gets the next", async () => {
    receiver.answer(({ body }) =>
      body.includes('"bad"')
        ? { status: 400, text: "no_service at /hook/T0SECRET0/B0SECRET0" }
        : { status: 200 },
    );
    telling = await createTelling({ channels: [webhook()] });
    await telling.start();
    await telling.anomaly(1, { service: "bad" });
    await waitFor("the refusal", async () => (telling.outcomes.includes("ops refused") ? true : undefined));
    await telling.anomaly(2, { service: "good" });
    await waitFor("the next one", async () => (telling.outcomes.includes("ops sent") ? true : undefined));
    expect(receiver.received).toHaveLength(2);
    expect(await status()).toMatchObject({ putAside: 1, waiting: 0 });
    const said = telling.errors.join() + String((await status())?.lastError);
    expect(said).toContain("HTTP 400");
    expect(said).not.toContain("SECRET");
  });

  it("that leads elsewhere is not followed", async () => {
    receiver.answer(() => ({ status: 302, headers: { location: receiver.url } }));
    telling = await createTelling({ channels: [webhook()] });
    await telling.start();
    await telling.anomaly(1);
    await waitFor("the refusal", async () => (telling.outcomes.includes("ops refused") ? true : undefined));
    expect(receiver.received).toHaveLength(1);
  });

  it("that never takes a message has it given up after a time", async () => {
    receiver.answer(() => ({ status: 503 }));
    telling = await createTelling({ channels: [webhook()], expire_hours: 1 });
    await telling.start();
    await telling.anomaly(1);
    await waitFor("a failed try", async () => (telling.outcomes.includes("ops retry") ? true : undefined));
    telling.clock.aheadMs = 2 * HOUR_MS;
    await waitFor("giving up", async () => (telling.outcomes.includes("ops expired") ? true : undefined));
    expect(await status()).toMatchObject({ putAside: 1 });
  });

  it("that is well is told what was tried long ago, before nobody ran", async () => {
    receiver.answer(() => ({ status: 503 }));
    telling = await createTelling({ channels: [webhook()], expire_hours: 1 });
    const first = await telling.start();
    await telling.anomaly(1);
    await waitFor("a failed try", async () => (telling.outcomes.includes("ops retry") ? true : undefined));
    await first.close();
    receiver.answer(() => ({ status: 200 }));
    telling.clock.aheadMs = 2 * HOUR_MS;
    await telling.start();
    await waitFor("its end", async () => (types().at(-1) === "incident.over" ? true : undefined));
    expect(telling.outcomes).not.toContain("ops expired");
  });

  it("that does not answer keeps no other one waiting", async () => {
    const other = await startReceiver();
    receiver.answer(() => undefined);
    telling = await createTelling({ channels: [webhook(), webhook({ name: "other", url: other.url })] });
    await telling.start();
    await telling.anomaly(1);
    await waitFor("an outcome", async () => (telling.outcomes.length > 0 ? true : undefined));
    expect(telling.outcomes).toEqual(["other sent"]);
    await other.close();
  });
});

describe("two processes over one database", () => {
  it("tell each incident once, and the second goes on when the first ends", async () => {
    telling = await createTelling({ channels: [webhook()] });
    const first = await telling.start();
    await telling.start();
    for (let i = 1; i <= 5; i += 1) await telling.anomaly(i, { service: `s${i}` });
    await receiver.got(5);
    await first.close();
    await telling.anomaly(6, { service: "s6" });
    await receiver.got(6);
    expect(new Set(receiver.received.map((one) => bodyOf(one).id)).size).toBe(6);
    expect(types()).toHaveLength(6);
  });
});

describe("a second process", () => {
  it("without channels, or with others, takes nothing away from the one that tells", async () => {
    receiver.answer(() => ({ status: 503 }));
    telling = await createTelling({ channels: [webhook()] });
    await telling.start();
    await telling.anomaly(1);
    await waitFor("a failed try", async () => (telling.outcomes.includes("ops retry") ? true : undefined));
    await telling.start({ channels: [] });
    await telling.start({ channels: [webhook({ name: "other" })] });
    expect(await telling.stage.channelStatuses()).toMatchObject([{ name: "ops", waiting: 1 }]);
  });
});

describe("a stop", () => {
  it("waits for the message that is on its way, so that nobody else sends it", async () => {
    const answered = Promise.withResolvers<Answer>();
    receiver.answer(() => answered.promise);
    telling = await createTelling({ channels: [webhook()] });
    const first = await telling.start();
    await telling.anomaly(1);
    await telling.anomaly(2, { service: "b" });
    await receiver.got(1);
    const closed = first.close();
    await telling.start();
    answered.resolve({ status: 200 });
    await closed;
    expect(telling.outcomes[0]).toBe("ops sent");
    const ids = (await receiver.got(2)).map((one) => bodyOf(one).id);
    expect(new Set(ids).size).toBe(2);
  });
});

describe("an incident that is deleted before it could be told", () => {
  it("is counted and said", async () => {
    telling = await createTelling({ channels: [webhook()], gather_seconds: 600 });
    await telling.start();
    await telling.anomaly(1);
    await waitFor("it to wait", async () => ((await status())?.heldBack === 1 ? true : undefined));
    await telling.stage.expire(keptSince(Date.now() + HOUR_MS));
    telling.clock.aheadMs = HOUR_MS;
    await waitFor("giving up", async () => (telling.outcomes.includes("ops expired") ? true : undefined));
    expect(telling.errors.join()).toContain("an incident could not be told to ops");
    expect(await status()).toMatchObject({ heldBack: 0 });
  });
});

describe("a clock that jumps", () => {
  it("neither stops nor doubles what is told", async () => {
    receiver.answer(() => ({ status: 503 }));
    telling = await createTelling({ channels: [webhook()] });
    telling.clock.aheadMs = 100 * HOUR_MS;
    await telling.start();
    await telling.anomaly(1);
    await waitFor("a failed try", async () => (telling.outcomes.includes("ops retry") ? true : undefined));
    receiver.answer(() => ({ status: 200 }));
    telling.clock.aheadMs = 0;
    await waitFor("the message", async () => (telling.outcomes.includes("ops sent") ? true : undefined));
    await telling.anomaly(2, { service: "b" });
    await waitFor("the next", async () =>
      telling.outcomes.filter((one) => one === "ops sent").length === 2 ? true : undefined,
    );
  });
});
