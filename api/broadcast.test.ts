import { expect, it } from "vitest";
import { createBroadcast } from "./broadcast.ts";

const create = (queueMax = 3) => {
  const counts: number[] = [];
  return { counts, ...createBroadcast<number>(queueMax, (count) => counts.push(count)) };
};

it("drops the oldest values of a listener that is slow, and of no other", async () => {
  const { send, listen } = create();
  const slow = listen();
  const quick = listen();
  for (const value of [1, 2, 3, 4, 5]) {
    send([value]);
    expect((await quick.next()).value).toBe(value);
  }
  send([6, 7]);
  expect([await slow.next(), await slow.next(), await slow.next()].map(({ value }) => value)).toEqual([
    5, 6, 7,
  ]);
});

it("drops from one sending that is longer than the queue, too", async () => {
  const { send, listen } = create();
  const listener = listen();
  send([1, 2, 3, 4, 5]);
  expect((await listener.next()).value).toBe(3);
});

it("tells nothing of what was sent before somebody listened", async () => {
  const { send, listen } = create();
  send([1]);
  const listener = listen();
  const next = listener.next();
  send([2]);
  expect(await next).toEqual({ done: false, value: 2 });
});

it("counts listeners, and lets one go that never asked or is waiting just now", async () => {
  const { counts, listen } = create();
  const neverAsked = listen();
  const waiting = listen();
  const next = waiting.next();
  await neverAsked.return(undefined);
  await waiting.return(undefined);
  await waiting.return(undefined);
  expect(await next).toEqual({ done: true, value: undefined });
  expect(counts).toEqual([1, 2, 1, 0]);
});

it("ends every listener when it is closed", async () => {
  const { send, listen, close } = create();
  const [a, b] = [listen(), listen()];
  const next = a.next();
  send([]);
  close();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(await b.next()).toEqual({ done: true, value: undefined });
});
