import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLogStream } from "./create-log-stream.ts";
import { toJsonLine } from "./format-record.ts";
import { generateNormal } from "./generate-normal.ts";
import type { GeneratedRecord } from "./generated-record.ts";
import { INCIDENT_KINDS, type Incident, type IncidentKind, planIncidents } from "./incident.ts";

const startMs = Date.UTC(2026, 0, 5, 8);

function record(seconds: number, incidents: readonly Incident[] = [], seed = 7): readonly GeneratedRecord[] {
  return createLogStream({ seed, startMs, ratePerSecond: 50, incidents }).next(startMs + seconds * 1_000);
}

function one(kind: IncidentKind): Incident {
  const plan = planIncidents({ kinds: [kind], everyMs: 30_000, durationMs: 10_000, startMs });
  return plan.next().value;
}

describe("a stream", () => {
  it("gives nothing before its begin, and nothing twice", () => {
    const stream = createLogStream({ seed: 1, startMs, ratePerSecond: 50 });
    expect(stream.next(startMs)).toEqual([]);
    expect(stream.next(startMs + 1_000).length).toBeGreaterThan(0);
    expect(stream.next(startMs + 1_000)).toEqual([]);
  });

  it("is the same for the same seed, on every machine", () => {
    const lines = generateNormal({ seed: 1, records: 1_000 }).map(toJsonLine).join("\n");
    expect(createHash("sha256").update(lines).digest("hex")).toMatchInlineSnapshot(
      `"7a599087d5883e75ed86def94e8cc20710dcdf7de686bc649dbfc77363bf2d45"`,
    );
    expect(generateNormal({ seed: 2, records: 1_000 }).map(toJsonLine).join("\n")).not.toBe(lines);
  });

  it("does not depend on how it is cut", () => {
    const incidents = [one("burst"), one("silence"), one("odd-value")];
    const whole = record(45, incidents);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 45_000 }), { maxLength: 40 }), (cuts) => {
        const stream = createLogStream({ seed: 7, startMs, ratePerSecond: 50, incidents });
        const parts = [...cuts.toSorted((a, b) => a - b), 45_000].map((ms) => stream.next(startMs + ms));
        expect(parts.flat()).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  it.each([1, 20, 50, 400])("has about %i records a second over a day", (ratePerSecond) => {
    // One minute of each hour stands for the day.
    let records = 0;
    for (let hour = 0; hour < 24; hour += 1) {
      const sample = createLogStream({ seed: hour, startMs: startMs + hour * 3_600_000, ratePerSecond });
      records += sample.next(startMs + hour * 3_600_000 + 60_000).length;
    }
    expect(records / (24 * 60) / ratePerSecond).toBeGreaterThan(0.85);
    expect(records / (24 * 60) / ratePerSecond).toBeLessThan(1.15);
  });

  it("follows the time of day", () => {
    const at = (hour: number) => {
      const fromMs = Date.UTC(2026, 0, 5, hour);
      return createLogStream({ seed: 1, startMs: fromMs, ratePerSecond: 50 }).next(fromMs + 300_000).length;
    };
    expect(at(15)).toBeGreaterThan(at(3) * 1.4);
  });
});

describe("normal life", () => {
  const records = generateNormal({ seed: 1, records: 20_000 });

  it("is in the order of time, without labels", () => {
    expect(records).toHaveLength(20_000);
    expect(records.every((r, i) => i === 0 || r.timeMs >= (records[i - 1]?.timeMs ?? 0))).toBe(true);
    expect(records.every(({ incident }) => incident === undefined)).toBe(true);
  });

  it("has 100 kinds of records and more, of all severities, mostly harmless", () => {
    expect(new Set(records.map(shape)).size).toBeGreaterThan(100);
    const share = (severity: string) =>
      records.filter((r) => r.severity === severity).length / records.length;
    expect(share("DEBUG")).toBeGreaterThan(0.2);
    expect(share("WARN")).toBeGreaterThan(0.003);
    expect(share("WARN")).toBeLessThan(0.02);
    expect(share("ERROR")).toBeLessThan(0.002);
  });

  it("repeats itself: the second half has hardly anything that the first had not", () => {
    const known = new Set(pairs(records.slice(0, 10_000)));
    const later = pairs(records.slice(10_000));
    expect(later.filter((pair) => !known.has(pair)).length / later.length).toBeLessThan(0.05);
  });

  it("carries one trace id through several services", () => {
    const traces = Map.groupBy(
      records.filter((r) => r.traceId !== undefined),
      (r) => r.traceId,
    );
    const order = [...traces.values()].find((trace) => trace.some(({ body }) => body.includes("placed in")));
    expect(new Set(order?.map(({ service }) => service))).toEqual(
      new Set(["gateway", "auth", "checkout", "inventory", "payments", "worker"]),
    );
  });
});

describe("incidents", () => {
  it("come by plan, each kind in its turn", () => {
    const plan = planIncidents({ kinds: ["burst", "silence"], everyMs: 1_000, durationMs: 400, startMs: 0 });
    const [a, b, c] = plan;
    expect([a, b, c]).toEqual([
      { id: "burst-1", kind: "burst", service: "auth", fromMs: 1_000, toMs: 1_400 },
      { id: "silence-2", kind: "silence", service: "worker", fromMs: 2_000, toMs: 2_400 },
      { id: "burst-3", kind: "burst", service: "inventory", fromMs: 3_000, toMs: 3_400 },
    ]);
  });

  it.each(INCIDENT_KINDS)("%s: labels are on records of its time, and none elsewhere", (kind) => {
    const incident = one(kind);
    const labelled = record(60, [incident]).filter((r) => r.incident !== undefined);
    expect(labelled.every((r) => r.incident === incident.id)).toBe(true);
    expect(labelled.every((r) => r.timeMs >= incident.fromMs && r.timeMs < incident.toMs + 5_000)).toBe(true);
    if (kind === "silence") expect(labelled).toEqual([]);
    else expect(labelled.length).toBeGreaterThan(3);
  });

  it("are told when the stream reaches them", () => {
    const told: string[] = [];
    const incidents = planIncidents({ kinds: ["burst"], everyMs: 10_000, durationMs: 1_000, startMs });
    const stream = createLogStream({
      seed: 1,
      startMs,
      ratePerSecond: 5,
      incidents,
      onIncident: ({ id }) => told.push(id),
    });
    stream.next(startMs + 10_000);
    expect(told).toEqual([]);
    stream.next(startMs + 20_001);
    expect(told).toEqual(["burst-1", "burst-2"]);
  });

  it("new-error: bodies never seen before, and a 503 for the caller", () => {
    const known = new Set(generateNormal({ seed: 1, records: 20_000 }).map(shape));
    const fresh = record(60, [one("new-error")]).filter((r) => r.incident !== undefined);
    const errors = fresh.filter((r) => r.service === "checkout");
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.every((r) => r.severity === "ERROR" && !known.has(shape(r)))).toBe(true);
    expect(fresh.some((r) => r.service === "gateway" && r.body.includes("status 503"))).toBe(true);
  });

  it("wrong-order: captured before authorised", () => {
    const incident = one("wrong-order");
    const bodies = record(60, [incident])
      .filter((r) => r.incident !== undefined)
      .map(({ body }) => body.split(" ")[2]);
    expect(bodies.slice(0, 2)).toEqual(["captured", "authorised"]);
  });

  it("missing-step: an order is placed, and its trace has no payment", () => {
    const records = record(60, [one("missing-step")]);
    const odd = records.find((r) => r.incident !== undefined);
    expect(odd?.body).toMatch(/^Order \S+ placed/);
    expect(records.filter((r) => r.traceId === odd?.traceId && r.service === "payments")).toEqual([]);
  });

  it("burst: far more of a warning that is known", () => {
    const known = new Set(generateNormal({ seed: 1, records: 20_000 }).map(shape));
    const odd = record(60, [one("burst")]).filter((r) => r.incident !== undefined);
    expect(odd.length).toBeGreaterThan(100);
    expect(odd.every((r) => r.severity === "WARN" && known.has(shape(r)))).toBe(true);
  });

  it("silence: nothing of the service, and the others go on", () => {
    const incident = one("silence");
    const during = record(60, [incident]).filter(
      (r) => r.timeMs >= incident.fromMs && r.timeMs < incident.toMs,
    );
    expect(during.filter((r) => r.service === incident.service)).toEqual([]);
    expect(during.length).toBeGreaterThan(100);
    expect(record(30, [incident]).some((r) => r.service === incident.service)).toBe(true);
  });

  it("odd-value: the service takes far longer, and says so", () => {
    const odd = record(60, [one("odd-value")]).filter((r) => r.incident !== undefined);
    const durationsMs = odd
      .map(({ body }) => Number(/(\d+)ms/.exec(body)?.[1] ?? "0"))
      .filter((ms) => ms > 0);
    expect(Math.min(...durationsMs)).toBeGreaterThan(50);
  });
});

describe("a release", () => {
  const atMs = startMs + 60_000;
  const play = (release?: { readonly atMs: number }) =>
    createLogStream({ seed: 7, startMs, ratePerSecond: 50, release }).next(startMs + 180_000);
  const records = play({ atMs });

  it("changes nothing before it, and nothing of other services", () => {
    const early = (all: readonly GeneratedRecord[]) => all.filter((r) => r.timeMs < atMs);
    expect(early(records)).toEqual(early(play()));
    expect(play().every(({ version }) => version === "1.4.1")).toBe(true);
    const released = records.filter(({ version }) => version !== "1.4.1");
    expect(new Set(released.map(({ service, version }) => `${service} ${version}`))).toEqual(
      new Set(["checkout 1.4.2"]),
    );
  });

  it("reaches one instance after the other", () => {
    const firstMs = (instance: string) =>
      records.find((r) => r.instance === instance && r.version === "1.4.2")?.timeMs ?? 0;
    expect(firstMs("checkout-0")).toBeGreaterThanOrEqual(atMs);
    expect(firstMs("checkout-1")).toBeGreaterThanOrEqual(atMs + 20_000);
  });

  it("brings messages that were never seen, all harmless, and keeps the others", () => {
    const known = new Set(generateNormal({ seed: 1, records: 20_000 }).map(shape));
    const released = records.filter(({ version }) => version === "1.4.2");
    const news = released.filter((r) => !known.has(shape(r)));
    expect(new Set(news.map(shape)).size).toBeGreaterThan(5);
    expect(news.every(({ severity }) => severity === "INFO" || severity === "DEBUG")).toBe(true);
    expect(released.length).toBeGreaterThan(2 * news.length);
  });
});

/** The record's kind: its body without what varies. */
function shape({ logger, body }: GeneratedRecord): string {
  const fixed = body
    .replace(/\b[a-z]+_[0-9a-f]{8}\b|\S+@\S+|\b[0-9a-f]{8}\b/g, "*")
    .replace(/\b(northbank|cardlink|payfast|parcelone|quickship|EUR|USD|GBP|ams|ber|mad)\b/g, "*")
    .replace(/\b(shoes|books|garden|audio|toys|packed|shipped|delivered)\b/g, "*");
  return `${logger} ${fixed.replace(/\d+/g, "#")}`;
}

/** Which kind follows which, within each instance. */
function pairs(records: readonly GeneratedRecord[]): readonly string[] {
  const instances = Map.groupBy(records, ({ instance }) => instance);
  return [...instances.values()].flatMap((own) =>
    own.slice(1).map((r, i) => `${shape(own[i] ?? r)} > ${shape(r)}`),
  );
}
