import { describe, expect, it } from "vitest";
import { freshWindow, type PlacedEvidence, said } from "../../test/helpers/detector-windows.ts";
import { calibrateConfig } from "./config.ts";
import { createJudge, type ServiceJudge } from "./create-judge.ts";

const config = calibrateConfig.parse({});
const newJudge = () => createJudge(config, { modelVersion: () => "test", now: () => 0 });
const HABIT_BROKEN_NATS = 25;

/** One event of the template, `nats` odd to a detector of habits, and no news unless it is said to be. */
function verdictOn(judge: ServiceJudge, template: string, nats: number, newness = 0) {
  const of = { window: 0, event: 0, expected: [] };
  const evidence: readonly PlacedEvidence[] = [
    { detector: "new-template", surprise: newness, ...of },
    { detector: "ngram", surprise: nats, ...of },
  ];
  const findings = judge.judge(...said([freshWindow([{ template }])], evidence));
  return { findings, isAnomaly: findings.some(({ verdict }) => verdict.isAnomaly) };
}

/** A service that has written so many events of four templates, all of them usual. */
function taught(events: number): ServiceJudge {
  const judge = newJudge();
  for (let i = 0; i < events; i++)
    judge.learn(verdictOn(judge, `t${i % 4}`, (i * 0.618) % 1, i < 4 ? 5 : 0).findings);
  return judge;
}

/** The same judge with what a stage saved before templates were counted. */
function fromBefore(judge: ServiceJudge): ServiceJudge {
  const state: unknown = JSON.parse(JSON.stringify(judge.snapshot()), (key, value: unknown) =>
    key === "familiarity" || key === "knownUncounted" ? undefined : value,
  );
  return restarted(judge, state);
}

function restarted(
  judge: ServiceJudge,
  state: unknown = JSON.parse(JSON.stringify(judge.snapshot())),
): ServiceJudge {
  const again = newJudge();
  again.restore(state);
  return again;
}

describe("templates of a service that was known before they were counted", () => {
  it("are believed at once, as before the upgrade", () => {
    const judge = taught(4 * config.learning_records);
    expect(verdictOn(judge, "t1", HABIT_BROKEN_NATS).isAnomaly).toBe(true);
    expect(verdictOn(fromBefore(judge), "t1", HABIT_BROKEN_NATS).isAnomaly).toBe(true);
  });

  it("are believed after more restarts, and after their first event too", () => {
    const judge = restarted(fromBefore(taught(4 * config.learning_records)));
    judge.learn(verdictOn(judge, "t1", 0.5).findings);
    const again = restarted(judge);
    for (const template of ["t1", "t2"])
      expect(verdictOn(again, template, HABIT_BROKEN_NATS).isAnomaly).toBe(true);
  });

  it("are strangers when they are news, and stay so until they came ten times", () => {
    const judge = fromBefore(taught(4 * config.learning_records));
    judge.learn(verdictOn(judge, "new", 0.5, 5).findings);
    for (let i = 1; i < 10; i++) {
      expect(verdictOn(judge, "new", HABIT_BROKEN_NATS).isAnomaly).toBe(false);
      judge.learn(verdictOn(judge, "new", 0.5).findings);
    }
    expect(verdictOn(judge, "new", HABIT_BROKEN_NATS).isAnomaly).toBe(true);
  });

  it("are strangers where the service was hardly known itself", () => {
    const judge = fromBefore(taught(config.learning_records / 5));
    const usual = Array.from({ length: 4 * config.learning_records }, (_, i) => (i * 0.618) % 1);
    for (const nats of usual) judge.learn(verdictOn(judge, "t0", nats).findings);
    expect(verdictOn(judge, "t1", HABIT_BROKEN_NATS).isAnomaly).toBe(false);
  });
});

it("a template of a service that was counted from its beginning is a stranger until it came ten times", () => {
  const judge = restarted(taught(4 * config.learning_records));
  expect(verdictOn(judge, "t1", HABIT_BROKEN_NATS).isAnomaly).toBe(true);
  expect(verdictOn(judge, "never learned", HABIT_BROKEN_NATS).isAnomaly).toBe(false);
});
