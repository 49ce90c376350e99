import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { ActiveAlert, Alert, Silence } from "../../store/alert.ts";
import type { Incident } from "../../store/incident.ts";
import { type Limits, roomToPlan, roomToSend } from "./limits.ts";
import { noted, type PlanInput, planChannel } from "./plan.ts";
import type { Telling } from "./tellings.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START_MS = Date.parse("2026-01-15T10:00:00Z");
const CHANNEL = { limit_per_hour: 20, cool_down_minutes: 10, quiet_hours: [] };

const idsOf = (listed: Telling["listed"]) => listed.map(({ incident }) => incident.id);

/** A channel over time, with what it has told; its receiver may be away. */
function createWorld(channel: Partial<PlanInput["channel"] & Limits> = {}, isForPeople = true) {
  const settings = { ...CHANNEL, ...channel };
  const alerts = new Map<string, Alert>();
  const incidents = new Map<string, Incident>();
  const expected = new Set<string>();
  const silences = new Map<string, Silence>();
  const outbox: Telling[] = [];
  const told: (Pick<Telling, "key" | "phase"> & {
    readonly reason: string;
    readonly atMs: number;
    readonly ids: string[];
  })[] = [];
  const world = {
    nowMs: START_MS,
    isAway: false,
    told,
    phases: () => told.map(({ phase }) => phase),
    expect: (id: string) => expected.add(id),
    silence: (id: string, silence: Silence) => silences.set(id, silence),
    /** An anomaly of an incident: the first one begins it. */
    anomaly(id: string, fields: Partial<Incident> & { readonly template?: string } = {}) {
      const before = incidents.get(id);
      const { template = "t1", ...rest } = fields;
      const templates = before?.templates ?? [];
      const isKnown = templates.some(({ templateId }) => templateId === template);
      const one = { templateId: template, template, anomalies: 1, maxScore: 0.9, strongestId: id };
      incidents.set(id, {
        id,
        service: "shop",
        startedAtMs: world.nowMs,
        maxScore: 0.9,
        severityNumber: 9,
        strongestId: id,
        ...before,
        anomalies: (before?.anomalies ?? 0) + 1,
        templates: isKnown ? templates : [...templates, one],
        lastAtMs: world.nowMs,
        ...rest,
      });
      const incident = incidents.get(id);
      if (incident === undefined) return;
      const begun: Alert = {
        incidentId: id,
        channel: "ops",
        service: incident.service,
        state: "waiting",
        createdAtMs: world.nowMs,
        changedAtMs: world.nowMs,
        isHeldBack: false,
        openedAtMs: undefined,
        told: undefined,
        messages: 0,
        messageKey: undefined,
      };
      const alert = alerts.get(id);
      const next = alert === undefined ? begun : noted(alert, incident, world.nowMs);
      if (next !== undefined) alerts.set(id, next);
    },
    turn() {
      const { nowMs } = world;
      const onTheWay = new Set(outbox.map(({ key }) => key));
      const active = [...alerts.values()]
        .filter(({ state }) => ["waiting", "open"].includes(state))
        .filter(({ messageKey = "" }) => !onTheWay.has(messageKey))
        .flatMap((alert): ActiveAlert[] => {
          const incident = incidents.get(alert.incidentId);
          if (incident === undefined) return [];
          const silence = silences.get(incident.id);
          return [{ alert, incident, feedback: feedbackOf(alert.incidentId), silence }];
        });
      const failing = world.isAway ? outbox.length : 0;
      const load = { lastHour: lastHour(), waiting: outbox.length, failing, troubled: 0, troubledDue: 0 };
      const planned = planChannel({
        channel: settings,
        isForPeople,
        gatherMs: 10_000,
        active,
        openedAtMs: openedAtMs(),
        room: roomToPlan(settings, load, nowMs),
        nowMs,
      });
      outbox.push(...planned.tellings);
      for (const alert of planned.alerts) alerts.set(alert.incidentId, alert);
      while (!world.isAway && roomToSend(settings, { lastHour: lastHour() }, nowMs) > 0) {
        const next = outbox.shift();
        if (next === undefined) return;
        const { key, phase, listed } = next;
        const reason = listed.map((one) => one.reason).join();
        told.push({ key, phase, reason, atMs: nowMs, ids: idsOf(listed) });
      }
    },
    /** Lets time pass, with a turn every ten seconds. */
    pass(ms: number, each: () => void = () => undefined) {
      for (const endMs = world.nowMs + ms; world.nowMs < endMs; ) {
        world.nowMs += 10_000;
        each();
        world.turn();
      }
    },
  };
  const feedbackOf = (incidentId: string) =>
    expected.has(incidentId)
      ? [
          {
            id: "f",
            anomalyId: "a",
            incidentId,
            templateId: "t1",
            kind: undefined,
            isTrueAnomaly: false,
            note: undefined,
            author: "ann",
            createdAtMs: 0,
          },
        ]
      : [];
  const openedAtMs = () => {
    const opened = new Map<string, number>();
    for (const { service, openedAtMs: atMs } of alerts.values())
      if (atMs !== undefined) opened.set(service, Math.max(opened.get(service) ?? 0, atMs));
    return opened;
  };
  const lastHour = () => told.filter(({ atMs }) => atMs > world.nowMs - HOUR_MS).length;
  return world;
}

let world: ReturnType<typeof createWorld>;
beforeEach(() => {
  world = createWorld();
});

describe("an incident", () => {
  it("is told once when it has been gathered, and once when it is over", () => {
    world.anomaly("1");
    world.turn();
    expect(world.told).toEqual([]);
    world.pass(HOUR_MS);
    expect(world.told.map(({ key, phase }) => [key, phase])).toEqual([
      ["1-1", "opened"],
      ["1-2", "over"],
    ]);
    expect(world.told[1]?.atMs).toBeGreaterThan(START_MS + 10 * MINUTE_MS);
  });

  it("is not told again for more of the same", () => {
    world.anomaly("1");
    world.pass(20 * MINUTE_MS, () => world.anomaly("1", { anomalies: 5 }));
    expect(world.phases()).toEqual(["opened"]);
  });

  it("is told again when its severity class rises to WARN or above, at once", () => {
    world.anomaly("1", { severityNumber: 5 });
    world.pass(MINUTE_MS);
    for (const severityNumber of [12, 9]) {
      world.anomaly("1", { severityNumber });
      world.pass(MINUTE_MS);
    }
    expect(world.phases()).toEqual(["opened"]);
    world.anomaly("1", { severityNumber: 17 });
    world.turn();
    expect(world.told.at(-1)).toMatchObject({
      phase: "updated",
      reason: "its severity has risen from DEBUG to ERROR",
    });
  });

  it("is told again for new kinds of messages and ten times as many, not before the cool-down", () => {
    world.anomaly("1");
    world.pass(MINUTE_MS);
    world.anomaly("1", { template: "t2" });
    world.pass(5 * MINUTE_MS, () => world.anomaly("1", { template: "t3" }));
    expect(world.phases()).toEqual(["opened"]);
    world.pass(5 * MINUTE_MS, () => world.anomaly("1", { template: "t3" }));
    expect(world.told.at(-1)).toMatchObject({ phase: "updated", reason: "2 more kinds of messages" });
    const before = 66;
    world.pass(11 * MINUTE_MS, () => world.anomaly("1", { anomalies: 10 * before }));
    expect(world.told.at(-1)?.reason).toMatch(/^\d+ anomalies, \d+ before$/);
  });

  it("is not told to go on when it is quiet by the end of the cool-down", () => {
    world.anomaly("1");
    world.pass(8 * MINUTE_MS);
    world.anomaly("1", { template: "t2" });
    world.pass(HOUR_MS);
    expect(world.phases()).toEqual(["opened", "over"]);
  });

  it("that was over and goes on is told anew, with a key of its own, for a while; and whenever it is worse", () => {
    const goOn = (severityNumber: number) => {
      world.anomaly("1", { severityNumber });
      world.pass(HOUR_MS);
    };
    goOn(9);
    goOn(9);
    expect(world.told.map(({ key, phase }) => [key, phase])).toEqual([
      ["1-1", "opened"],
      ["1-2", "over"],
      ["1-3", "opened"],
      ["1-4", "over"],
    ]);
    for (let time = 0; time < 20; time += 1) goOn(9);
    expect(world.told.length).toBeLessThanOrEqual(7);
    const before = world.told.length;
    goOn(21);
    expect(world.phases().slice(before)).toEqual(["opened", "over"]);
  });

  it("of which a part was called expected is told for what else comes", () => {
    world.anomaly("1");
    world.expect("1");
    world.pass(MINUTE_MS);
    expect(world.told).toEqual([]);
    world.anomaly("1", { template: "t2", severityNumber: 21 });
    world.pass(MINUTE_MS);
    expect(world.phases()).toEqual(["opened"]);
  });

  it("that people called expected is not told again, and dropped where it was not told yet", () => {
    world.anomaly("1");
    world.pass(MINUTE_MS);
    world.anomaly("2", { service: "other" });
    world.expect("1");
    world.expect("2");
    world.anomaly("1", { severityNumber: 21 });
    world.pass(HOUR_MS);
    expect(world.told.map(({ phase, ids }) => [phase, ...ids])).toEqual([
      ["opened", "1"],
      ["over", "1"],
    ]);
  });

  it("however it grows, has seven messages at most, the last of them its end", () => {
    let template = 0;
    world.anomaly("1");
    world.pass(10 * HOUR_MS, () => {
      template += 1;
      world.anomaly("1", { template: `t${template % 20}` });
    });
    world.pass(HOUR_MS);
    expect(world.told.length).toBeLessThanOrEqual(7);
    expect(world.phases().filter((phase) => phase === "over")).toEqual(["over"]);
    expect(world.told.at(-1)?.phase).toBe("over");
  });

  it("tells that its severity has risen however much has been told", () => {
    let template = 0;
    world.anomaly("1", { severityNumber: 9 });
    world.pass(10 * HOUR_MS, () => {
      template += 1;
      world.anomaly("1", { template: `t${template % 20}`, severityNumber: 9 });
    });
    const before = world.told.length;
    world.anomaly("1", { severityNumber: 21 });
    world.pass(MINUTE_MS);
    expect(world.told.length).toBe(before + 1);
  });

  it("that goes on after its end is watched before it is told anew, which says why", () => {
    world.anomaly("1");
    world.pass(HOUR_MS);
    world.anomaly("1");
    world.turn();
    expect(world.phases()).toEqual(["opened", "over"]);
    world.pass(10_000);
    expect(world.told.at(-1)).toMatchObject({ phase: "opened", reason: "it was over" });
  });

  it("of a host whose clock is ahead is over when nothing has come for as long by our own", () => {
    const lastAtMs = START_MS + 24 * HOUR_MS;
    world.anomaly("1", { lastAtMs });
    world.pass(9 * MINUTE_MS, () => world.anomaly("1", { lastAtMs, anomalies: 1 }));
    world.pass(9 * MINUTE_MS);
    expect(world.phases()).toEqual(["opened"]);
    world.pass(5 * MINUTE_MS);
    expect(world.phases()).toEqual(["opened", "over"]);
  });

  it("that is a silence is over when what fell silent comes again", () => {
    world.anomaly("1");
    world.silence("1", "lasts");
    world.pass(3 * HOUR_MS);
    expect(world.phases()).toEqual(["opened"]);
    world.silence("1", "ended");
    world.pass(2 * MINUTE_MS);
    expect(world.told.at(-1)).toMatchObject({
      phase: "over",
      reason: "what was silent has come again, no more anomalies for ten minutes",
    });
  });

  it("that is a silence for good is over after half a day, which says so", () => {
    world.anomaly("1");
    world.silence("1", "lasts");
    world.pass(13 * HOUR_MS);
    expect(world.told.at(-1)).toMatchObject({
      phase: "over",
      reason: expect.stringContaining("silent for twelve hours"),
    });
  });

  it("that has lasted for as long as one can says so at its end", () => {
    world.anomaly("1");
    world.pass(24 * HOUR_MS, () => world.anomaly("1"));
    world.pass(HOUR_MS);
    expect(world.told.at(-1)).toMatchObject({ phase: "over", reason: expect.stringContaining("a day") });
  });

  it("of an old file is not over while it comes", () => {
    world.anomaly("1", { lastAtMs: 1, startedAtMs: 1 });
    world.pass(5 * MINUTE_MS, () => world.anomaly("1", { lastAtMs: 1 }));
    expect(world.phases()).toEqual(["opened"]);
    world.pass(2 * MINUTE_MS);
    expect(world.phases()).toEqual(["opened", "over"]);
  });
});

describe("several incidents", () => {
  it("of one service are held back in the cool-down, and told together after it", () => {
    world.anomaly("1");
    world.pass(MINUTE_MS);
    for (const id of ["2", "3", "4"]) world.anomaly(id);
    world.anomaly("5", { service: "other" });
    world.pass(MINUTE_MS);
    expect(world.told.map(({ phase, ids }) => [phase, ...ids])).toEqual([
      ["opened", "1"],
      ["opened", "5"],
    ]);
    world.pass(9 * MINUTE_MS);
    expect(world.told[2]).toMatchObject({ phase: "summary", ids: ["2", "3", "4"] });
    world.pass(HOUR_MS);
    expect(world.phases().filter((phase) => phase === "over")).toHaveLength(2);
  });

  it("in quiet hours are told together when they end", () => {
    world = createWorld({
      quiet_hours: [{ time_zone: "UTC", from: "09:00", to: "10:30", days: ["thu"] }],
    });
    world.anomaly("1");
    world.anomaly("2", { service: "b" });
    world.pass(29 * MINUTE_MS);
    expect(world.told).toEqual([]);
    world.pass(2 * MINUTE_MS);
    expect(world.told.map(({ phase, ids }) => [phase, ...ids])).toEqual([["summary", "1", "2"]]);
  });

  it("in quiet hours, when there is one, is told by one message; when it is over by then, by one that says so", () => {
    const quiet = { quiet_hours: [{ time_zone: "UTC", from: "09:00", to: "10:30", days: ["thu" as const] }] };
    world = createWorld(quiet);
    world.anomaly("1");
    world.pass(HOUR_MS);
    expect(world.told).toMatchObject([{ phase: "past", reason: "it was not told when it began" }]);
    world = createWorld(quiet);
    world.anomaly("1");
    world.pass(31 * MINUTE_MS, () => world.anomaly("1"));
    expect(world.phases()).toEqual(["opened"]);
  });

  it("that were held back are one message each to a program that takes so many and sees to grouping", () => {
    const holdBack = (cool_down_minutes: number, limit_per_hour: number) => {
      const quiet_hours = [{ time_zone: "UTC", from: "09:00", to: "10:30", days: ["thu" as const] }];
      world = createWorld({ quiet_hours, cool_down_minutes, limit_per_hour }, false);
      for (const id of ["1", "2", "3"]) world.anomaly(id);
      world.pass(31 * MINUTE_MS);
      world.pass(HOUR_MS);
      return world.phases();
    };
    expect(holdBack(0, 3)).toEqual(["past", "past", "past"]);
    expect(holdBack(0, 2)).toEqual(["summary"]);
    expect(holdBack(10, 3)).toEqual(["summary"]);
  });

  describe("that have got worse since a summary", () => {
    const reason = "its severity has risen from INFO to FATAL";
    /** Three of one service, told together when quiet hours end, of which some then get worse within ten seconds. */
    const rise = (ids: readonly string[], channel = {}, isForPeople = true) => {
      const quiet_hours = [{ time_zone: "UTC", from: "09:00", to: "10:05", days: ["thu" as const] }];
      world = createWorld({ quiet_hours, ...channel }, isForPeople);
      for (const id of ["1", "2", "3"]) world.anomaly(id);
      world.pass(6 * MINUTE_MS);
      const risenAtMs = world.nowMs;
      for (const id of ids) {
        world.anomaly(id, { severityNumber: 21 });
        world.turn();
        world.nowMs += 4_000;
      }
      world.pass(20_000);
      return world.told.slice(1).map((one) => ({ ...one, afterMs: one.atMs - risenAtMs }));
    };

    it("wait for no cool-down, which that very summary has begun", () => {
      const [told, ...more] = rise(["1"]);
      expect(told).toMatchObject({ phase: "opened", ids: ["1"], reason });
      expect(told?.afterMs).toBeLessThan(20_000);
      expect(more).toEqual([]);
      world.pass(HOUR_MS);
      expect(world.phases()).toEqual(["summary", "opened", "over"]);
    });

    it("are told in one message, those that have risen a little later as well", () => {
      const [told, ...more] = rise(["1", "2"]);
      expect(told).toMatchObject({ phase: "updates", ids: ["1", "2"], reason: `${reason},${reason}` });
      expect(told?.afterMs).toBeLessThan(20_000);
      expect(more).toEqual([]);
      world.pass(HOUR_MS);
      expect(world.told.slice(2)).toMatchObject([{ phase: "ends", ids: ["1", "2"] }]);
    });

    it("are one message each to a program that sees to grouping", () => {
      rise([], { cool_down_minutes: 0, limit_per_hour: 2 }, false);
      world.pass(HOUR_MS);
      for (const id of ["1", "2"]) world.anomaly(id, { severityNumber: 21 });
      world.pass(MINUTE_MS);
      expect(world.phases()).toEqual(["summary", "opened", "opened"]);
    });

    it("are not told where people called them expected", () => {
      const told = rise([]);
      world.expect("1");
      world.anomaly("1", { severityNumber: 21 });
      world.pass(HOUR_MS);
      expect(told).toEqual([]);
      expect(world.phases()).toEqual(["summary"]);
    });

    it("do not take others of their service with them", () => {
      rise([]);
      world.anomaly("4");
      world.anomaly("1", { severityNumber: 21 });
      world.pass(MINUTE_MS);
      expect(world.told.slice(1).map(({ ids }) => ids)).toEqual([["1"]]);
    });
  });

  it("over the limit of an hour are told in one message, when there is room again", () => {
    world = createWorld({ limit_per_hour: 3 });
    for (let i = 0; i < 50; i += 1) world.anomaly(String(i), { service: `s${i}` });
    world.pass(50 * MINUTE_MS);
    expect(world.told).toHaveLength(3);
    world.pass(20 * MINUTE_MS);
    const summary = world.told.find(({ phase }) => phase === "summary");
    expect(summary?.ids).toHaveLength(47);
  });

  it.each([true, false])(
    "that are more than the limit all the time have their ends told all the same",
    (isForPeople) => {
      world = createWorld({}, isForPeople);
      let begun = 0;
      world.pass(12 * HOUR_MS, () => {
        if (world.nowMs % (2 * MINUTE_MS) !== 0) return;
        begun += 1;
        world.anomaly(String(begun), { service: `s${begun}` });
      });
      const inTime = world.told.filter(
        ({ phase, atMs }) => phase === "opened" && atMs < world.nowMs - HOUR_MS,
      );
      const ended = new Set(
        world.told.filter(({ phase }) => /over|ends/.test(phase)).flatMap(({ ids }) => ids),
      );
      expect(inTime.length).toBeGreaterThan(40);
      expect(inTime.flatMap(({ ids }) => ids).filter((id) => !ended.has(id))).toEqual([]);
    },
  );

  describe("that end closely one after the other", () => {
    const endAll = (isForPeople: boolean) => {
      world = createWorld({}, isForPeople);
      for (const id of ["1", "2", "3"]) world.anomaly(id, { service: `s${id}` });
      world.pass(MINUTE_MS);
      for (const id of ["1", "2", "3"]) {
        world.anomaly(id);
        world.pass(20_000);
      }
      world.pass(HOUR_MS);
      return world.told.filter(({ phase }) => phase !== "opened").map(({ phase, ids }) => [phase, ...ids]);
    };

    it("are one message to people, a minute later at most", () => {
      expect(endAll(true)).toEqual([["ends", "1", "2", "3"]]);
      const [end] = world.told.slice(-1);
      expect(end?.atMs).toBeLessThanOrEqual(START_MS + 13 * MINUTE_MS);
    });

    it.each([true, false])("are so too where what ends is a silence (people: %s)", (isForPeople) => {
      world = createWorld({}, isForPeople);
      for (const id of ["1", "2", "3"]) {
        world.anomaly(id, { service: `s${id}` });
        world.silence(id, "lasts");
      }
      world.pass(3 * HOUR_MS);
      for (const id of ["1", "2", "3"]) {
        world.silence(id, "ended");
        world.pass(20_000);
      }
      world.pass(MINUTE_MS);
      const ends = world.told.filter(({ phase }) => phase !== "opened").map(({ ids }) => ids);
      expect(ends).toEqual(isForPeople ? [["1", "2", "3"]] : [["1"], ["2"], ["3"]]);
    });

    it("are one message each to a program", () => {
      expect(endAll(false)).toEqual([
        ["over", "1"],
        ["over", "2"],
        ["over", "3"],
      ]);
    });
  });

  it("that have grown are told together, and why", () => {
    for (const id of ["1", "2"]) world.anomaly(id, { service: `s${id}` });
    world.pass(MINUTE_MS);
    world.anomaly("1", { severityNumber: 17 });
    world.anomaly("2", { severityNumber: 21 });
    world.turn();
    expect(world.told.at(-1)).toMatchObject({
      phase: "updates",
      ids: ["1", "2"],
      reason: "its severity has risen from INFO to ERROR,its severity has risen from INFO to FATAL",
    });
  });

  it.each([true, false])(
    "that are more than the limit all the time do not keep back what has grown",
    (isForPeople) => {
      world = createWorld({ limit_per_hour: 2 }, isForPeople);
      world.anomaly("old");
      let begun = 0;
      const overload = () => {
        world.anomaly("old", { anomalies: 1 });
        if (world.nowMs % (2 * MINUTE_MS) !== 0) return;
        begun += 1;
        world.anomaly(String(begun), { service: `s${begun}` });
      };
      world.pass(3 * HOUR_MS, overload);
      world.anomaly("old", { severityNumber: 17 });
      const risenAtMs = world.nowMs;
      world.pass(3 * HOUR_MS, overload);
      const told = world.told.find(({ phase, ids }) => phase.startsWith("update") && ids.includes("old"));
      expect(told?.atMs).toBeGreaterThanOrEqual(risenAtMs);
      expect(world.told.filter(({ phase, atMs }) => phase === "summary" && atMs > risenAtMs)).not.toEqual([]);
    },
  );

  it("of which one message waits have nothing else told before it is sent", () => {
    for (const id of ["1", "2"]) world.anomaly(id, { service: `s${id}` });
    world.pass(MINUTE_MS);
    world.isAway = true;
    world.pass(15 * MINUTE_MS);
    world.anomaly("1");
    world.pass(MINUTE_MS);
    world.isAway = false;
    world.pass(MINUTE_MS);
    expect(world.told.slice(2).map(({ phase, ids }) => [phase, ...ids])).toEqual([
      ["ends", "1", "2"],
      ["opened", "1"],
    ]);
  });

  it("that began while the receiver was away are told when it is back, no more of them than the limit", () => {
    world = createWorld({ limit_per_hour: 3 });
    world.isAway = true;
    let begun = 0;
    world.pass(5 * HOUR_MS, () => {
      if (world.nowMs % (5 * MINUTE_MS) !== 0) return;
      begun += 1;
      world.anomaly(String(begun), { service: `s${begun}` });
    });
    world.isAway = false;
    world.turn();
    expect(world.told).toHaveLength(3);
    world.pass(3 * HOUR_MS);
    const announced = new Set(world.told.filter(({ phase }) => phase !== "over").flatMap(({ ids }) => ids));
    expect(announced.size).toBe(begun);
  });

  it("that wait to be sent when quiet hours begin wait until they end", () => {
    world = createWorld({
      quiet_hours: [{ time_zone: "UTC", from: "10:30", to: "12:00", days: ["thu"] }],
    });
    world.isAway = true;
    world.anomaly("1");
    world.pass(40 * MINUTE_MS);
    world.isAway = false;
    world.pass(79 * MINUTE_MS);
    expect(world.told).toEqual([]);
    world.pass(2 * MINUTE_MS);
    expect(world.phases()).toEqual(["opened", "over"]);
  });

  it("are all told, and no more than the limit in any hour, whatever happens", () => {
    const step = fc.record({
      id: fc.nat(30),
      service: fc.constantFrom("a", "b", "c"),
      waitMs: fc.constantFrom(0, 20_000, 5 * MINUTE_MS, 30 * MINUTE_MS),
      severityNumber: fc.nat(24),
      isAway: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, isForPeople) => {
        world = createWorld({ limit_per_hour: 4 }, isForPeople);
        const begun = new Map<string, string>();
        for (const { id, service, waitMs, severityNumber, isAway } of steps) {
          const name = `i${id}`;
          const owner = begun.get(name) ?? service;
          begun.set(name, owner);
          world.isAway = isAway;
          world.anomaly(name, { service: owner, severityNumber });
          world.pass(waitMs);
        }
        world.isAway = false;
        world.pass(12 * HOUR_MS);
        const announced = world.told.filter(({ phase }) => ["opened", "past", "summary"].includes(phase));
        const ids = announced.flatMap((one) => one.ids);
        expect([...new Set(ids)].sort()).toEqual([...begun.keys()].sort());
        expect(new Set(world.told.map(({ key }) => key)).size).toBe(world.told.length);
        for (const name of begun.keys())
          expect(world.told.findLast((one) => one.ids.includes(name))?.phase).toMatch(
            /over|ends|past|summary/,
          );
        for (const { atMs } of world.told) {
          const inHour = world.told.filter((one) => one.atMs > atMs - HOUR_MS && one.atMs <= atMs);
          expect(inHour.length).toBeLessThanOrEqual(4);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("a clock that jumps", () => {
  it("neither loses nor doubles anything", () => {
    world = createWorld({}, false);
    world.anomaly("1");
    world.pass(MINUTE_MS);
    world.nowMs -= 5 * HOUR_MS;
    world.anomaly("2", { service: "b" });
    world.pass(MINUTE_MS);
    world.nowMs += 30 * HOUR_MS;
    world.pass(MINUTE_MS);
    expect(world.told.map(({ phase, ids }) => [phase, ...ids])).toEqual([
      ["opened", "1"],
      ["opened", "2"],
      ["over", "2"],
      ["over", "1"],
    ]);
  });
});
