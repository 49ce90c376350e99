import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Checkpoint } from "./checkpoint.ts";
import { createCheckpointFile, decodeCheckpoint, encodeCheckpoint, type Found } from "./checkpoint-file.ts";
import type { FileSystem } from "./file-system.ts";

function checkpoint(fingerprint = "f"): Checkpoint {
  const floats = (length: number, from: number) => Float32Array.from({ length }, (_, i) => from + i / 7);
  return {
    fingerprint,
    step: 12,
    seconds: 3.5,
    curve: [
      { step: 0, loss: 2.5 },
      { step: 10, loss: 1.25 },
    ],
    optimizer: { p: floats(5, 1), m: floats(5, 2), v: floats(5, 3) },
    average: floats(5, 4),
    residual: { p: floats(3, 5), m: floats(3, 6), v: floats(3, 7), average: floats(3, 8) },
    best: { loss: 1.25, average: floats(5, 9), residual: floats(3, 10) },
    unitLosses: Float32Array.of(0.5, Number.NaN),
    skipped: Uint8Array.of(0, 1),
  };
}

/** A disk in memory. */
function memory(): FileSystem & { readonly contents: Map<string, Uint8Array<ArrayBuffer>> } {
  const contents = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    contents,
    read: async (path) => contents.get(path),
    write: async (path, bytes) => void contents.set(path, new Uint8Array(bytes)),
    create: async (path, bytes) =>
      !contents.has(path) && contents.set(path, new Uint8Array(bytes)) !== undefined,
    modifiedMs: async () => 0,
    touch: async () => undefined,
    list: async () => [],
    makeDirectory: async () => undefined,
    async rename(from, to) {
      const bytes = contents.get(from);
      contents.delete(from);
      if (bytes !== undefined) contents.set(to, bytes);
    },
    remove: async (path) => void contents.delete(path),
    sync: async () => undefined,
  };
}

describe("a checkpoint's bytes", () => {
  const bytes = encodeCheckpoint(checkpoint());

  it("give the checkpoint again", () => {
    expect(decodeCheckpoint(bytes)).toEqual(checkpoint());
  });

  it("count as none when they are cut anywhere, or anything else", () => {
    for (let end = 0; end < bytes.length; end += 1)
      expect(decodeCheckpoint(bytes.slice(0, end))).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (noise) => decodeCheckpoint(noise) === undefined),
    );
  });
});

describe("a checkpoint file", () => {
  const open = (files: FileSystem) => {
    const found: Found[] = [];
    return { store: createCheckpointFile("work/checkpoint.bin", files, (one) => found.push(one)), found };
  };

  it("is gone on with by the same training only, and tells what it is", async () => {
    const { store, found } = open(memory());
    expect(await store.load("f")).toBeUndefined();
    await store.save(checkpoint("f"));
    expect(await store.load("f")).toEqual(checkpoint("f"));
    expect(await store.load("g")).toBeUndefined();
    expect(found).toEqual([{ kind: "none" }, { kind: "usable", step: 12 }, { kind: "other" }]);
  });

  it("is replaced only by a whole one", async () => {
    const files = memory();
    const { store } = open(files);
    await store.save(checkpoint());
    const full = open({
      ...files,
      async write(path, bytes) {
        await files.write(path, bytes.slice(0, 10));
        throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      },
    });
    await expect(full.store.save({ ...checkpoint(), step: 20 })).rejects.toMatchObject({
      name: "TrainingError",
      message: "the checkpoint of step 20 cannot be written to work/checkpoint.bin (ENOSPC)",
      remedy: expect.stringContaining("make room"),
    });
    expect((await store.load("f"))?.step).toBe(12);
    expect([...files.contents.keys()]).toEqual(["work/checkpoint.bin"]);
  });

  it("that is damaged counts as none", async () => {
    const files = memory();
    const { store, found } = open(files);
    files.contents.set("work/checkpoint.bin", Uint8Array.of(1, 2, 3));
    expect(await store.load("f")).toBeUndefined();
    expect(found).toEqual([{ kind: "damaged" }]);
  });
});
