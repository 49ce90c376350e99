import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MemoryStore } from "../../store/memory.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { temporaryDirectory } from "../../test/helpers/temporary-directory.ts";
import { calibrateConfig } from "../calibrate/config.ts";
import { createJudge } from "../calibrate/create-judge.ts";
import { windowConfig } from "../window/config.ts";
import { createWindower } from "../window/create-windower.ts";
import { createHeldServices } from "./held-services.ts";
import type { Parts } from "./parts.ts";

const MINUTE_MS = 60_000;
const SERVICES_MAX = 50;

let path: string;
let store: Store;
beforeEach(async () => {
  path = join(temporaryDirectory("held"), "logbert.db");
  store = await openStore({ path });
});
afterEach(() => store.close());

/** A stage's clock runs with the database's, and can be put forward. */
let aheadMs = 0;
const elapsed = () => performance.now() + aheadMs;

/** What of a stage holds services, with real windows of sessions. */
function stage(instance: string, memories: MemoryStore = store) {
  const failures: unknown[] = [];
  const windower = createWindower(windowConfig.parse({ type: "session", idle_ms: 1_000 }), elapsed);
  const parts: Parts = {
    windower,
    judge: createJudge(calibrateConfig.parse({}), { modelVersion: () => "m", now: elapsed }),
    detectors: [],
  };
  const held = createHeldServices({
    ...{ store: memories, parts, instance, writer: instance, servicesMax: SERVICES_MAX, elapsed },
    show: (text) => text,
    breathe: async () => undefined,
    onUnusable: (_, error) => failures.push(error),
    onFailure: (reason) => failures.push(reason),
  });
  const push = (template: string, service: string) =>
    windower.push([
      {
        recordIndex: 0,
        match: { templateId: template, template, parameters: [], isNew: false },
        ...{ service, stream: "one", timeMs: 0, severityNumber: 9 },
      },
    ]);
  return {
    held,
    failures,
    /** Judges a record, learns it, and tells which templates it was judged with. */
    async gets(template: string, service = "shop") {
      aheadMs += 10;
      await held.admit(new Set([service]));
      const [window] = push(template, service);
      held.changed([service]);
      return window?.events.map(({ match }) => match.templateId);
    },
    /** Templates of the sessions that end now. */
    ended() {
      aheadMs += 1_001;
      return windower.closeIdle(elapsed()).map(({ events }) => events.map(({ match }) => match.templateId));
    },
    save: (isLast = false) =>
      held.save({
        ...{ learned: async () => undefined, last: () => 0, nowMs: 0, isLast },
        afterSlice: () => undefined,
      }),
  };
}

/** What is saved of the shop. */
function saved(): unknown {
  const database = new SqliteDatabase(path, { readonly: true });
  try {
    return database.prepare("select json from service_memories where service = 'shop'").pluck().get();
  } finally {
    database.close();
  }
}

describe("a service that comes to another stage", () => {
  it("goes on just there where the stage before has ended with it", async () => {
    const [a, b] = [stage("a"), stage("b")];
    await a.gets("t0");
    await a.save(true);
    expect(await b.gets("t1")).toEqual(["t0", "t1"]);
    expect(b.ended()).toEqual([["t0", "t1"]]);
  });

  it("is not judged by what came last where more may have come, nor are its sessions", async () => {
    const [a, b] = [stage("a"), stage("b")];
    await a.gets("t0");
    await a.save();
    expect(await b.gets("t1")).toEqual(["t1"]);
    expect(await b.gets("t2")).toEqual(["t0", "t1", "t2"]);
    expect(b.ended()).toEqual([]);
  });

  it("is not a whole session to the next stage where the one before had not heard all of it", async () => {
    const [a, b, c] = [stage("a"), stage("b"), stage("c")];
    await a.gets("t0");
    await a.save(true);
    await b.held.admit(new Set(["shop"]));
    await b.save(true);
    await c.gets("t1");
    expect(c.ended()).toEqual([]);
  });

  it("is let go of by the one before after a minute, which is silent on it and does not save it", async () => {
    const [a, b] = [stage("a"), stage("b")];
    await a.gets("t0");
    await b.gets("t1");
    await b.save();
    const newer = saved();
    expect(a.held.isElsewhere("shop")).toBe(false);
    await a.held.follow();
    expect(a.held.isElsewhere("shop")).toBe(true);
    expect(a.held.hasMoved("shop")).toBe(true);
    await a.save(true);
    expect(saved()).toBe(newer);
    aheadMs += MINUTE_MS + 1;
    await a.held.follow();
    expect(a.held.isElsewhere("shop")).toBe(false);
    expect(await a.gets("t2")).toEqual(["t2"]);
    expect(await a.gets("t3")).toEqual(["t1", "t2", "t3"]);
  });

  it("is not saved over by a stage that was frozen meanwhile", async () => {
    const [a, b] = [stage("a"), stage("b")];
    await a.gets("t0");
    await b.gets("t1");
    await b.save();
    const newer = saved();
    await a.save();
    expect(saved()).toBe(newer);
  });

  it("is not saved over by a stage whose save was slow", async () => {
    let write = () => Promise.resolve();
    const slow: MemoryStore = {
      ...store,
      async saveMemories(...args) {
        await write();
        return store.saveMemories(...args);
      },
    };
    const [a, b] = [stage("a", slow), stage("b")];
    await a.gets("t0");
    let newer: unknown;
    write = async () => {
      await b.gets("t1");
      await b.save();
      newer = saved();
    };
    await a.save();
    expect(newer).toBeDefined();
    expect(saved()).toBe(newer);
  });

  it("goes on without what it was judged with before where it comes back, and is then taken to be at both", async () => {
    const [a, b] = [stage("a"), stage("b")];
    await a.gets("t0");
    await b.gets("t1");
    await a.held.follow();
    expect(await a.gets("t2")).toEqual(["t2"]);
    expect(await a.gets("t3")).toEqual(["t0", "t2", "t3"]);
    await b.held.follow();
    aheadMs += 5_001;
    await b.gets("t4");
    await b.held.follow();
    await a.held.follow();
    expect(a.held.isElsewhere("shop")).toBe(true);
    expect(a.held.hasMoved("shop")).toBe(false);
    expect(await a.gets("t5")).toEqual(["t0", "t2", "t3", "t5"]);
  });
});

describe("a database that does not answer in time", () => {
  it("holds nobody up for long; what is judged meanwhile is neither saved nor a session of its own", async () => {
    const a = stage("a");
    await a.gets("t0");
    await a.save();
    const before = saved();
    const gate = Promise.withResolvers<void>();
    const b = stage("b", {
      ...store,
      async takeServices(...args) {
        await gate.promise;
        return store.takeServices(...args);
      },
    });
    await b.gets("t1");
    expect(b.failures).toHaveLength(1);
    expect(b.held.admit(new Set(["shop"]))).toBeUndefined();
    await b.save(true);
    expect(saved()).toBe(before);
    gate.resolve();
    await expect
      .poll(async () => {
        await b.save(true);
        return saved();
      })
      .not.toBe(before);
    expect(b.ended()).toEqual([]);
  });

  it("is asked again after a second when it failed", async () => {
    let asked = 0;
    const b = stage("b", {
      ...store,
      async takeServices(...args) {
        asked += 1;
        if (asked === 1) throw new Error("away");
        return store.takeServices(...args);
      },
    });
    await b.gets("t0");
    expect(b.held.admit(new Set(["shop"]))).toBeUndefined();
    aheadMs += 1_001;
    await b.held.admit(new Set(["shop"]));
    expect(asked).toBe(2);
  });
});

it("of more services than it holds only those are asked for that it goes on with", async () => {
  const a = stage("a");
  await a.held.admit(new Set(Array.from({ length: 20_000 }, (_, index) => `service ${index}`)));
  expect(await store.servicesSeenBy("a")).toHaveLength(SERVICES_MAX);
});

it("a stage that starts again takes those that it was the last to have", async () => {
  const [a, b] = [stage("a"), stage("b")];
  await a.gets("t0");
  await a.gets("t0", "bank");
  await a.save(true);
  await b.gets("t1", "bank");
  const again = stage("a");
  await again.held.takeOwn();
  expect(again.held.admit(new Set(["shop"]))).toBeUndefined();
  expect(again.held.admit(new Set(["bank"]))).toBeDefined();
  expect(await again.gets("t2")).toEqual(["t0", "t2"]);
});
