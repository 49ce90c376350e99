import { describe, expect, test } from "vitest";
import {
  anomaliesOfOthers,
  incidentDuration,
  incidentVerdict,
  isStillOngoing,
  lastGiven,
} from "./incident-words.ts";

const startedAt = "2026-11-23T12:00:00.000Z";
const startedMs = Date.parse(startedAt);

test("an incident of which nothing was heard for ten minutes is over", () => {
  const heard = { isOngoing: true, lastAt: startedAt };
  expect(isStillOngoing(heard, startedMs + 599_000)).toBe(true);
  expect(isStillOngoing(heard, startedMs + 601_000)).toBe(false);
  expect(isStillOngoing({ ...heard, isOngoing: false }, startedMs)).toBe(false);
});

test("one anomaly lasts no time", () => {
  expect(incidentDuration({ startedAt, lastAt: startedAt })).toBe("");
  expect(incidentDuration({ startedAt, lastAt: "2026-11-23T12:00:00.999Z" })).toBe("");
  expect(incidentDuration({ startedAt, lastAt: "2026-11-23T12:12:40.000Z" })).toBe("12 min");
});

let number = 0;
const said = (anomalyId: string, isTrueAnomaly: boolean, second = 0) => {
  number += 1;
  return {
    id: `f${number}`,
    anomalyId,
    isTrueAnomaly,
    createdAt: new Date(startedMs + second * 1000).toISOString(),
  };
};

describe("the verdict of an incident", () => {
  const nothing = { feedback: null };
  const judged = { feedback: { isTrueAnomaly: false } };

  test("is nothing where nothing was said", () => {
    expect(incidentVerdict({ templates: [nothing, nothing], feedback: [] })).toBeUndefined();
  });

  test("is what was said last of its anomalies, and of how many of its templates", () => {
    const feedback = [said("a", true), said("a", false), said("b", false)];
    expect(incidentVerdict({ templates: [judged, nothing, judged], feedback })).toEqual({
      isTrueAnomaly: false,
      said: 2,
      templates: 3,
    });
  });

  test("is mixed where anomalies differ, of one template too", () => {
    const feedback = [said("message", false), said("its silence", true)];
    expect(incidentVerdict({ templates: [judged], feedback })).toBe("mixed");
  });
});

describe("taking back", () => {
  test("nothing, where nothing was said", () => {
    expect(lastGiven([])).toEqual([]);
  });

  test("takes what was said in one breath, not what was said before or otherwise", () => {
    const feedback = [said("a", false, 0), said("b", true, 99), said("a", false, 100), said("c", false, 101)];
    expect(lastGiven(feedback).map(({ anomalyId }) => anomalyId)).toEqual(["a", "c"]);
  });
});

test("anomalies of templates that an incident does not name are counted together", () => {
  const named = [{ anomalies: 3 }, { anomalies: 4 }];
  expect(anomaliesOfOthers({ anomalies: 7, templates: named })).toBe(0);
  expect(anomaliesOfOthers({ anomalies: 12, templates: named })).toBe(5);
});
