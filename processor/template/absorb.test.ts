import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { templateConfig } from "./config.ts";
import { createTemplateMiner } from "./create-template-miner.ts";
import { parseStoredTemplates } from "./snapshot.ts";
import type { StoredTemplate, TemplateMiner } from "./template-miner.ts";

const MINERS = 3;
const newMiner = (settings: object = {}) => createTemplateMiner(templateConfig.parse(settings));
const textsById = (miner: TemplateMiner) =>
  new Map([...miner.snapshot().templates].map(({ id, tokens }) => [id, tokens.join(" ")]));
const overJson = (templates: readonly StoredTemplate[]) =>
  parseStoredTemplates(JSON.parse(JSON.stringify(templates)));

/** A body that may become part of a more general template. */
const body = fc
  .tuple(
    fc.constantFrom("disk", "link", "<NUM>"),
    fc.constantFrom("k-1", "k-2", "k-3", "10.0.0.1"),
    fc.constantFrom("is", "was", "x-1"),
    fc.constantFrom("full", "up", "w-1", "w-2"),
    fc.constantFrom("", " now", " again 7"),
  )
  .map(([a, b, c, d, e]) => `${a} ${b} ${c} ${d}${e}`);
/** A miner mines, writes down what is new to it, or reads what it has not read of what others have written. */
const step = fc.record({
  miner: fc.nat(MINERS - 1),
  does: fc.oneof(body, fc.constantFrom("write", "read")),
});

interface JournalEntry {
  readonly writer: TemplateMiner;
  readonly templates: readonly StoredTemplate[];
}

/** A miner that follows a journal which it shares with others. */
function follower(journal: JournalEntry[]) {
  const miner = newMiner();
  let seen = 0;
  const write = () => {
    const templates = miner.changes();
    if (templates.length > 0) journal.push({ writer: miner, templates: overJson(templates) });
  };
  const read = () => {
    for (const { writer, templates } of journal.slice(seen)) if (writer !== miner) miner.absorb(templates);
    seen = journal.length;
  };
  return {
    do(what: string) {
      if (what === "write") write();
      else if (what === "read") read();
      else miner.mine(what);
    },
    texts: () => textsById(miner),
  };
}

describe("miners that follow each other's journal", () => {
  it("end with the same templates by id, whatever the order in which they write and read", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const journal: JournalEntry[] = [];
        const followers = Array.from({ length: MINERS }, () => follower(journal));
        for (const { miner, does } of steps) followers[miner]?.do(does);
        for (const one of followers) one.do("write");
        for (const one of followers) one.do("read");
        const [first, ...others] = followers.map((one) => one.texts());
        for (const other of others) expect(other).toEqual(first);
      }),
      { numRuns: 300 },
    );
  });

  it("know no more by reading the same again", () => {
    const [one, other] = [newMiner(), newMiner()];
    for (const text of ["link k-1 is down", "link k-2 is down", "disk full"]) one.mine(text);
    const changes = overJson(one.changes());
    other.absorb(changes);
    const once = textsById(other);
    other.absorb(changes);
    one.absorb(changes);
    expect(textsById(other)).toEqual(once);
    expect(textsById(one)).toEqual(once);
    expect([one.changes(), other.changes()]).toEqual([[], []]);
  });

  it("give a body the template that another one has found, and do not call it new", () => {
    const [one, other] = [newMiner(), newMiner()];
    const { templateId } = one.mine("link k-1 is down");
    other.absorb(overJson(one.changes()));
    expect(other.mine("link k-2 is down")).toMatchObject({ templateId, isNew: false });
    expect(one.absorb(overJson(other.changes()))).toBeUndefined();
    expect(textsById(one)).toEqual(textsById(other));
  });

  it("stay bounded, whatever others write", () => {
    const miner = newMiner({ max_templates: 50 });
    miner.absorb(
      Array.from({ length: 1_000 }, (_, index) => ({ id: `${index}`, tokens: [`w${index}`, "x"], count: 1 })),
    );
    expect(miner.templatesActive).toBeLessThanOrEqual(50);
  });
});
