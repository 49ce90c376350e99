import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { followFile } from "./follow-file.ts";
import { createLineSplitter } from "./split-lines.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "logbert-follow-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A follower whose polls and clock the test drives. */
function follow(path: string, { fromStart = true, chunkBytes = 64 } = {}) {
  let nowMs = 0;
  const source = followFile(path, { fromStart, chunkBytes, now: () => nowMs });
  const splitter = createLineSplitter();
  return {
    source,
    later(ms: number) {
      nowMs += ms;
    },
    /** All lines until there is nothing new. */
    async lines(): Promise<string[]> {
      const lines: string[] = [];
      for (;;) {
        const poll = await source.poll();
        lines.push(...splitter.push(poll.bytes), ...(poll.hasEnded ? splitter.flush() : []));
        if (poll.bytes.length === 0 && !poll.hasEnded) return lines;
      }
    },
  };
}

describe("misuse", () => {
  it("a folder is told to be none", async () => {
    mkdirSync(join(folder, "sub"));
    await expect(followFile(join(folder, "sub"), { fromStart: true, now: () => 0 }).poll()).rejects.toThrow(
      /no regular file/,
    );
  });

  it("a missing file is waited for, and read from its begin", async () => {
    const path = join(folder, "app.log");
    const tail = follow(path, { fromStart: false });
    expect(await tail.lines()).toEqual([]);
    writeFileSync(path, "a\nb\n");
    expect(await tail.lines()).toEqual(["a", "b"]);
    await tail.source.close();
  });
});

describe("a file that grows", () => {
  it("is read from its end on, unless from its start", async () => {
    const path = join(folder, "app.log");
    writeFileSync(path, "old\n");
    const [end, start] = [follow(path, { fromStart: false }), follow(path)];
    expect(await end.lines()).toEqual([]);
    expect(await start.lines()).toEqual(["old"]);
    appendFileSync(path, "new\npart");
    expect(await end.lines()).toEqual(["new"]);
    appendFileSync(path, "ial\n");
    expect(await end.lines()).toEqual(["partial"]);
    await Promise.all([end.source.close(), start.source.close()]);
  });
});

describe("rotation by renaming", () => {
  it("reads the old file to its end first, also what is written after the renaming", async () => {
    const path = join(folder, "app.log");
    writeFileSync(path, "1\n");
    const tail = follow(path);
    expect(await tail.lines()).toEqual(["1"]);
    appendFileSync(path, "2\n");
    renameSync(path, `${path}.1`);
    writeFileSync(path, "");
    expect(await tail.lines()).toEqual(["2"]);
    tail.later(60_000);
    appendFileSync(`${path}.1`, "3\n");
    expect(await tail.lines()).toEqual(["3"]);
    appendFileSync(path, "4\n");
    expect(await tail.lines()).toEqual([]);
    appendFileSync(`${path}.1`, "late");
    tail.later(999);
    expect(await tail.lines()).toEqual([]);
    tail.later(1_000);
    expect(await tail.lines()).toEqual(["late", "4"]);
    await tail.source.close();
  });

  it("loses no file that was noticed, however often it is rotated before it is read", async () => {
    const path = join(folder, "app.log");
    const tail = follow(path);
    for (const name of ["1", "2", "3"]) {
      writeFileSync(path, `${name}\n`);
      await tail.source.notice();
      renameSync(path, `${path}.${name}`);
    }
    writeFileSync(path, "4\n");
    const seen = [];
    for (let i = 0; i < 8; i += 1) {
      seen.push(...(await tail.lines()));
      tail.later(1_000);
    }
    expect(seen).toEqual(["1", "2", "3", "4"]);
    await tail.source.close();
  });

  it("lets a deleted file go", async () => {
    const path = join(folder, "app.log");
    writeFileSync(path, "1\n");
    const tail = follow(path);
    await tail.lines();
    rmSync(path);
    await tail.lines();
    tail.later(1_000);
    await tail.lines();
    writeFileSync(path, "2\n");
    expect(await tail.lines()).toEqual(["2"]);
    await tail.source.close();
  });
});

describe("rotation by copying and truncating", () => {
  it("starts again, and takes a last line without an end as whole", async () => {
    const path = join(folder, "app.log");
    writeFileSync(path, "1\n2");
    const tail = follow(path);
    expect(await tail.lines()).toEqual(["1"]);
    truncateSync(path);
    expect(await tail.lines()).toEqual(["2"]);
    appendFileSync(path, "3\n");
    expect(await tail.lines()).toEqual(["3"]);
    await tail.source.close();
  });

  it("is seen even when the file has grown beyond what was read", async () => {
    const path = join(folder, "app.log");
    writeFileSync(path, "1\n2\n");
    const tail = follow(path);
    await tail.lines();
    truncateSync(path);
    appendFileSync(path, "longer than before\nand more\n");
    expect(await tail.lines()).toEqual(["longer than before", "and more"]);
    await tail.source.close();
  });
});

const ACTIONS = ["write", "partial", "poll", "wait", "rename", "truncate", "delete"] as const;

it("every line exactly once and in order, whatever happens to the file between polls", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...ACTIONS), { maxLength: 40 }), async (actions) => {
      const story = createStory(join(mkdtempSync(join(folder, "run-")), "app.log"));
      for (const action of actions) await story[action]();
      story.write();
      await story.settle();
      expect(story.seen).toEqual(story.written);
      await story.close();
    }),
    { numRuns: 100 },
  );
});

/** A writer that rotates its file, and a follower; both keep a list of lines. */
function createStory(path: string) {
  const tail = follow(path, { chunkBytes: 7 });
  const written: string[] = [];
  const seen: string[] = [];
  let open = "";
  const append = (end: string) => {
    const text = `line ${written.length}, `;
    appendFileSync(path, `${text}${end}`);
    open += text;
  };
  const endLine = () => {
    if (open !== "") written.push(open);
    open = "";
  };
  const poll = async () => void seen.push(...(await tail.lines()));
  const settle = async () => {
    await poll();
    tail.later(1_000);
    await poll();
  };
  // Whoever cuts or deletes a file that was not read to its end takes lines away: so it is read before.
  const rotate = async (change: () => void) => {
    appendFileSync(path, "");
    await settle();
    change();
    endLine();
    await settle();
  };
  return {
    written,
    seen,
    poll,
    settle,
    write() {
      append("\n");
      endLine();
    },
    partial: () => append(""),
    wait: () => tail.later(700),
    rename: () => rotate(() => renameSync(path, `${path}.${written.length}-${seen.length}-${open.length}`)),
    delete: () => rotate(() => rmSync(path)),
    truncate: () => rotate(() => truncateSync(path)),
    close: () => tail.source.close(),
  };
}
