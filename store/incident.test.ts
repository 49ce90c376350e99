import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  groupIncidents,
  INCIDENT_TEMPLATES_MAX,
  type Incident,
  type IncidentMember,
  isOngoing,
} from "./incident.ts";

const member = (id: string, seconds: number, fields: Partial<IncidentMember> = {}): IncidentMember => ({
  id,
  service: "shop",
  timeMs: seconds * 1_000,
  templateId: "t1",
  template: "payment of <NUM> failed",
  score: 0.9,
  severityNumber: 9,
  ...fields,
});
const sizes = (members: readonly IncidentMember[]) =>
  groupIncidents([], members).incidents.map(({ anomalies }) => anomalies);

describe("anomalies are one incident", () => {
  it("when they are of one template and at most ten minutes apart", () => {
    expect(sizes([member("a", 0), member("b", 600), member("c", 1_201)])).toEqual([2, 1]);
  });

  it("when they are of one service and at most a minute apart, whatever their templates", () => {
    const other = { templateId: "t2", template: "retry" };
    expect(sizes([member("a", 0), member("b", 60, other)])).toEqual([2]);
    expect(sizes([member("a", 0), member("b", 61, other)])).toEqual([1, 1]);
  });

  it("never when they are of two services", () => {
    expect(sizes([member("a", 0), member("b", 0, { service: "auth" })])).toEqual([1, 1]);
  });

  it("for a day at most", () => {
    const all = Array.from({ length: 200 }, (_, i) => member(String(i).padStart(3, "0"), i * 590));
    expect(sizes(all)).toEqual([147, 53]);
  });

  it("in whichever order they come", () => {
    expect(sizes([member("b", 30), member("a", 0), member("c", 15)])).toEqual([3]);
  });
});

describe("an incident", () => {
  it("names its strongest anomaly, of each template too, and the highest severity", () => {
    const { incidents } = groupIncidents(
      [],
      [
        member("a", 0, { score: 0.91 }),
        member("b", 1, { score: 0.97, severityNumber: 17 }),
        member("c", 2, { templateId: "t2", template: "retry", score: 0.93 }),
      ],
    );
    expect(incidents).toEqual([
      {
        id: "a",
        service: "shop",
        startedAtMs: 0,
        lastAtMs: 2_000,
        anomalies: 3,
        maxScore: 0.97,
        severityNumber: 17,
        strongestId: "b",
        templates: [
          {
            templateId: "t1",
            template: "payment of <NUM> failed",
            anomalies: 2,
            maxScore: 0.97,
            strongestId: "b",
          },
          { templateId: "t2", template: "retry", anomalies: 1, maxScore: 0.93, strongestId: "c" },
        ],
      },
    ]);
  });

  it("goes on over batches, and takes what comes late", () => {
    const first = groupIncidents([], [member("b", 100)]);
    const second = groupIncidents(first.incidents, [member("a", 40), member("c", 700)]);
    expect(second.incidents).toMatchObject([
      { id: "b", anomalies: 3, startedAtMs: 40_000, lastAtMs: 700_000 },
    ]);
    expect(second.incidentOf).toEqual(
      new Map([
        ["a", "b"],
        ["c", "b"],
      ]),
    );
  });

  it("tells a bounded number of templates apart, and counts the others", () => {
    const many = Array.from({ length: 50 }, (_, i) => member(`a${i}`, i, { templateId: `t${i}` }));
    const [incident] = groupIncidents([], many).incidents;
    expect(incident?.templates).toHaveLength(INCIDENT_TEMPLATES_MAX);
    expect(incident?.anomalies).toBe(50);
  });

  it("is over ten minutes after its last anomaly", () => {
    const [incident] = groupIncidents([], [member("a", 0)]).incidents;
    expect(incident && [isOngoing(incident, 600_000), isOngoing(incident, 600_001)]).toEqual([true, false]);
  });
});

it("looks at few of many that lie far apart", () => {
  const many = Array.from({ length: 20_000 }, (_, i) => member(String(i).padStart(6, "0"), i * 3_600));
  const before = process.cpuUsage();
  expect(groupIncidents([], many).incidents).toHaveLength(20_000);
  // Some hundredths of a second; where each looks at all before it, ten seconds. Of this process: the machine may be busy.
  expect(process.cpuUsage(before).user / 1_000).toBeLessThan(3_000);
});

it("loses no anomaly and counts none twice, however they are cut into batches", () => {
  const one = fc.record({
    seconds: fc.integer({ min: 0, max: 5_000 }),
    templateId: fc.constantFrom("t1", "t2", "t3"),
    service: fc.constantFrom("shop", "auth"),
  });
  fc.assert(
    fc.property(fc.array(fc.array(one, { maxLength: 20 }), { maxLength: 5 }), (batches) => {
      let known: ReadonlyMap<string, Incident> = new Map();
      let id = 0;
      for (const batch of batches) {
        const members = batch.map(({ seconds, ...rest }) => member(`a${id++}`, seconds, rest));
        const { incidents, incidentOf } = groupIncidents([...known.values()], members);
        expect(incidentOf.size).toBe(members.length);
        known = new Map([...known, ...incidents.map((incident) => [incident.id, incident] as const)]);
      }
      const total = [...known.values()].reduce((sum, { anomalies }) => sum + anomalies, 0);
      expect(total).toBe(id);
    }),
  );
});
