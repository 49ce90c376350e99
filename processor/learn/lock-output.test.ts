import { hostname } from "node:os";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FileSystem } from "./file-system.ts";
import { lockOutput } from "./lock-output.ts";

const DIRECTORY = "/volume/model";
const LOCK = "/volume/.model.lock";
const MINUTE_MS = 60_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A volume that several hosts see, with the times of its files. */
function volume() {
  const contents = new Map<string, { readonly bytes: Uint8Array<ArrayBuffer>; atMs: number }>();
  const write = async (path: string, bytes: Uint8Array) =>
    void contents.set(path, { bytes: new Uint8Array(bytes), atMs: Date.now() });
  const files: FileSystem = {
    read: async (path) => contents.get(path)?.bytes,
    write,
    async create(path, bytes) {
      if (contents.has(path)) return false;
      await write(path, bytes);
      return true;
    },
    modifiedMs: async (path) => contents.get(path)?.atMs,
    async touch(path) {
      const file = contents.get(path);
      if (file !== undefined) file.atMs = Date.now();
    },
    list: async () => [...contents.keys()],
    makeDirectory: async () => undefined,
    async rename(from, to) {
      const file = contents.get(from);
      contents.delete(from);
      if (file !== undefined) contents.set(to, file);
    },
    remove: async (path) => void contents.delete(path),
    sync: async () => undefined,
  };
  return {
    files,
    names: () => [...contents.keys()],
    lock: () => lockOutput(DIRECTORY, files, Date.now),
    leave: (text: string) => files.write(LOCK, new TextEncoder().encode(text)),
    text: () => new TextDecoder().decode(contents.get(LOCK)?.bytes),
  };
}

/** An id that no process has: above the largest there can be. */
const NOBODY = 2 ** 22 + 1;

describe("the lock of a training on this host", () => {
  it("names the process and the host, and goes when it is given back", async () => {
    const { lock, text, names } = volume();
    const unlock = await lock();
    expect(text()).toBe(`${process.pid} ${hostname()}\n`);
    await unlock();
    expect(names()).toEqual([]);
  });

  it.each([
    ["names", ` ${hostname()}`],
    ["does not name, as those of earlier versions,", ""],
  ])("that %s it counts as long as the process runs, however old it is", async (_, host) => {
    const { lock, leave, text } = volume();
    await leave(`${process.ppid}${host}\n`);
    await vi.advanceTimersByTimeAsync(24 * 60 * MINUTE_MS);
    await expect(lock()).rejects.toThrow(`another training (process ${process.ppid}) writes to ${DIRECTORY}`);
    await leave(`${NOBODY}${host}\n`);
    await lock();
    expect(text()).toBe(`${process.pid} ${hostname()}\n`);
  });
});

describe("the lock of a training on another host, or in another container", () => {
  it("counts until it has shown no sign of life for five minutes, whatever runs here", async () => {
    const { lock, leave, text, names } = volume();
    await leave(`${NOBODY} other\n`);
    await vi.advanceTimersByTimeAsync(5 * MINUTE_MS - 1);
    const refused = lock();
    await expect(refused).rejects.toThrow(`another training (process ${NOBODY} of host other)`);
    await expect(refused).rejects.toMatchObject({
      remedy: expect.stringContaining(`try again in 5 minutes, or remove ${LOCK} now`),
    });
    await vi.advanceTimersByTimeAsync(1);
    await lock();
    expect(text()).toBe(`${process.pid} ${hostname()}\n`);
    expect(names()).toEqual([LOCK]);
  });

  it("is no old one of this process, though it has the same id", async () => {
    const { lock, leave } = volume();
    await leave(`${process.pid} other\n`);
    await expect(lock()).rejects.toThrow(`process ${process.pid} of host other`);
  });

  it("goes when five minutes have passed, though its process's id is one of a process here", async () => {
    const { lock, leave } = volume();
    await leave(`${process.ppid} other\n`);
    await vi.advanceTimersByTimeAsync(5 * MINUTE_MS);
    await expect(lock()).resolves.toBeDefined();
  });
});

it("a training at work shows that it is", async () => {
  const { lock, files } = volume();
  const unlock = await lock();
  await vi.advanceTimersByTimeAsync(60 * MINUTE_MS);
  const ageMs = Date.now() - ((await files.modifiedMs(LOCK)) ?? 0);
  expect(ageMs).toBeLessThanOrEqual(MINUTE_MS);
  await unlock();
  expect(vi.getTimerCount()).toBe(0);
});

it("a training that was taken to be gone leaves the lock of the one that came after it", async () => {
  const { lock, leave, text } = volume();
  const unlock = await lock();
  await leave("1 other\n");
  await unlock();
  expect(text()).toBe("1 other\n");
});

it("a lock that names nobody counts for five minutes: it was begun a moment ago, or the disk was full", async () => {
  const { lock, leave } = volume();
  await leave("");
  await expect(lock()).rejects.toThrow("another training writes to");
  await vi.advanceTimersByTimeAsync(5 * MINUTE_MS);
  await expect(lock()).resolves.toBeDefined();
});
