import { afterEach, describe, expect, it, vi } from "vitest";
import type { JournalEntry } from "../../store/memory.ts";
import { evidenceOf, freshWindow } from "../../test/helpers/detector-windows.ts";
import { standInEncoder } from "../../test/helpers/stand-in-encoder.ts";
import { createNewTemplateDetector } from "../detect/new-template.ts";
import { createVectorCache } from "../detect/vector-cache.ts";
import { templateConfig } from "../template/config.ts";
import { createTemplateMiner } from "../template/create-template-miner.ts";
import { createJournal } from "./journal.ts";

const newDetector = () => createNewTemplateDetector(createVectorCache(standInEncoder));

afterEach(() => void vi.useRealTimers());

function journalOver(addToJournal: (entries: readonly JournalEntry[]) => Promise<number>) {
  const miner = createTemplateMiner(templateConfig.parse({}));
  const detector = newDetector();
  const failures: unknown[] = [];
  const journal = createJournal({
    store: { addToJournal },
    miner,
    detectors: [detector],
    writer: "one",
    onFailure: (reason) => failures.push(reason),
    now: () => 0,
  });
  return { miner, detector, journal, failures };
}

describe("what was learned for the first time", () => {
  it("is written down once, before anybody goes on; where nothing is new, nobody waits", async () => {
    const written: JournalEntry[] = [];
    const { miner, detector, journal } = journalOver(async (entries) => written.push(...entries));
    expect(journal.write([])).toBeUndefined();
    const window = freshWindow([{ template: "disk full" }]);
    miner.mine("disk full");
    await journal.write([window]);
    detector.learn([window]);
    expect(written.map(({ name }) => name)).toEqual(["templates", "detector:new-template"]);
    expect(journal.last).toBe(2);
    miner.mine("disk full");
    expect(journal.write([window])).toBeUndefined();
  });

  it("makes a template known again to who takes it back, twice as well as once", async () => {
    const written: JournalEntry[] = [];
    const { journal } = journalOver(async (entries) => written.push(...entries));
    const window = freshWindow([{ template: "disk full" }]);
    await journal.write([window]);
    const again = newDetector();
    for (const { json } of [...written, ...written]) again.recall?.(JSON.parse(json));
    const [evidence] = await evidenceOf(again, [window]);
    expect(evidence?.surprise).toBe(0);
    expect(() => again.recall?.([["shop"]])).toThrow("not usable");
  });

  it("a template that became more general is written down as it is now, with its id", async () => {
    const written: JournalEntry[] = [];
    const { miner, journal } = journalOver(async (entries) => written.push(...entries));
    const { templateId } = miner.mine("it finished job run_alpha");
    await journal.write([]);
    miner.mine("it finished job run_beta");
    await journal.write([]);
    const templates = written.flatMap(({ json }) => JSON.parse(json));
    const again = createTemplateMiner(templateConfig.parse({}), {
      snapshot: {
        version: 1,
        templates,
        evicted: [],
        tombstones: [],
      },
    });
    expect(again.templatesActive).toBe(1);
    expect(again.mine("it finished job run_gamma")).toMatchObject({
      templateId,
      template: "it finished job <*>",
      isNew: false,
    });
  });
});

describe("a database that does not answer", () => {
  it("is waited for a moment by one, then by nobody, and gets everything when it answers", async () => {
    const answer = Promise.withResolvers<number>();
    const written: JournalEntry[] = [];
    let asked = 0;
    const { miner, journal, failures } = journalOver(async (entries) => {
      asked += 1;
      if (asked === 1) await answer.promise;
      return written.push(...entries);
    });
    miner.mine("first thing that is new");
    await journal.write([]);
    miner.mine("another piece of news here");
    expect(journal.write([])).toBeUndefined();
    answer.resolve(1);
    await expect.poll(() => written.length).toBe(2);
    miner.mine("and it is awaited again now");
    expect(journal.write([])).toBeInstanceOf(Promise);
    expect(failures).toEqual([]);
  });

  it("is told of after seconds, once a write, with what that means and where to look", async () => {
    vi.useFakeTimers();
    const answer = Promise.withResolvers<number>();
    const { miner, journal, failures } = journalOver(() => answer.promise);
    miner.mine("first thing that is new");
    const waited = journal.write([]);
    await vi.advanceTimersByTimeAsync(9_999);
    await waited;
    expect(failures).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(failures.map(String)).toEqual([
      expect.stringMatching(/for 10 s; until it has, a crash would .*: see whether its disk or server/),
    ]);
    answer.resolve(1);
  });

  it("or that refuses is not asked again at once", async () => {
    let asked = 0;
    const { miner, journal, failures } = journalOver(async () => {
      asked += 1;
      throw new Error("disk full");
    });
    miner.mine("first thing that is new");
    await journal.write([]);
    miner.mine("another piece of news here");
    expect(journal.write([])).toBeUndefined();
    expect([asked, failures.map(String)]).toEqual([1, ["Error: disk full"]]);
  });
});
