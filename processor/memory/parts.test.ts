import { describe, expect, it } from "vitest";
import { closedSession, freshWindow } from "../../test/helpers/detector-windows.ts";
import { calibrateConfig } from "../calibrate/config.ts";
import { createJudge } from "../calibrate/create-judge.ts";
import { createReservoir } from "../calibrate/reservoir.ts";
import { createCountVectorDetector } from "../detect/count-vector.ts";
import { createGapDetector } from "../detect/gap.ts";
import { createLengthDetector } from "../detect/length.ts";
import { createNgramDetector } from "../detect/ngram.ts";
import { createParameterDetector } from "../detect/parameter.ts";
import { createRateDetector } from "../detect/rate.ts";
import { redactConfig } from "../redact/config.ts";
import { createRedactor } from "../redact/redact.ts";
import { windowConfig } from "../window/config.ts";
import { createWindower } from "../window/create-windower.ts";
import { forget, type Parts, statesOf, takeOver } from "./parts.ts";

const newJudge = () => createJudge(calibrateConfig.parse({}), { modelVersion: () => "test", now: () => 0 });
const newParts = (): Parts => ({
  windower: createWindower(windowConfig.parse({})),
  judge: newJudge(),
  detectors: [
    createCountVectorDetector(),
    createGapDetector(),
    createLengthDetector(),
    createNgramDetector(),
    createParameterDetector(),
    createRateDetector({ now: () => 0 }),
  ],
});
const fail = (_: string, error: unknown) => {
  throw error;
};
const whole = (text: string) => text;
const jsonOf = (parts: Parts, service: string) => JSON.stringify(statesOf(parts).of(service));

/** What all parts have learned of a service from one event and one session of a template. */
function taught(service: string, id: string): Parts {
  const parts = newParts();
  const end = closedSession({ [id]: 1 }, service);
  const windows = [freshWindow([{ template: id }], service), end, { ...end, missing: "template" as const }];
  const verdict = { score: 1, pValue: 1e-9, strength: 9, threshold: 0.9, isAnomaly: true, modelVersion: "m" };
  parts.judge.learn(
    windows.map((window) => ({
      recordIndex: undefined,
      window,
      event: window.freshFrom,
      verdict: { ...verdict, contributions: [] },
    })),
  );
  const events = [0, 1_000, 2_000].map((timeMs) => ({
    template: id,
    timeMs,
    gapMs: 1_000,
    parameters: ["7"],
  }));
  for (const detector of parts.detectors)
    detector.learn([freshWindow(events, service), closedSession({ [id]: 3 }, service)]);
  return parts;
}

describe("what is known of a service", () => {
  it("is the same where it is taken over, beside what is known there of others", () => {
    const there = taught("bank", "aaaa");
    const bank = jsonOf(there, "bank");
    const shop = jsonOf(taught("shop", "bbbb"), "shop");
    takeOver({ service: "shop", json: shop, isLast: true }, there, whole, fail);
    expect(jsonOf(there, "shop")).toBe(shop);
    expect(jsonOf(there, "bank")).toBe(bank);
  });

  it("takes the place of what was learned there meanwhile", () => {
    const shop = jsonOf(taught("shop", "bbbb"), "shop");
    const there = taught("shop", "cccc");
    takeOver({ service: "shop", json: shop, isLast: false }, there, whole, fail);
    expect(jsonOf(there, "shop")).toBe(shop);
  });

  it("is gone once it is forgotten, as if it had never been there", () => {
    const parts = taught("shop", "bbbb");
    forget("shop", parts);
    expect(jsonOf(parts, "shop")).toBe(jsonOf(newParts(), "shop"));
  });

  it("is told where a part of it cannot be read: that part starts empty, the others do not", () => {
    const good = statesOf(taught("shop", "bbbb")).of("shop");
    const shop = { ...good, "detector:gap": { version: 7 } };
    const there = taught("shop", "cccc");
    const told: string[] = [];
    takeOver({ service: "shop", json: JSON.stringify(shop), isLast: true }, there, whole, (name) =>
      told.push(name),
    );
    expect(told).toEqual(["detector:gap"]);
    const states = statesOf(there).of("shop");
    expect(JSON.stringify(states["detector:gap"])).toBe(
      JSON.stringify(statesOf(newParts()).of("shop")["detector:gap"]),
    );
    expect(JSON.stringify(states["detector:ngram"])).toBe(JSON.stringify(good["detector:ngram"]));
    takeOver({ service: "shop", json: "{", isLast: true }, there, whole, (name) => told.push(name));
    expect(told).toEqual(["detector:gap", "all of a service"]);
  });

  it("hides what is no longer to be kept in texts, and nothing in samples of numbers", () => {
    const reservoir = createReservoir(128);
    for (let value = 0; value < 100; value += 1) reservoir.offer(value);
    const sample = reservoir.snapshot();
    const long = "k".repeat(60);
    const restored: unknown[] = [];
    const judge = { ...newJudge(), restore: (state: unknown) => void restored.push(state) };
    const calibration = { sample, key: long, other: { offered: 1, values: `key ${long}` } };
    const show = (text: string) => text.replace(/\w{40,}/, "<KEY>");
    const json = JSON.stringify({ calibration });
    takeOver({ service: "shop", json, isLast: true }, { ...newParts(), judge }, show, fail);
    expect(restored).toEqual([{ sample, key: "<KEY>", other: { offered: 1, values: "key <KEY>" } }]);
  });

  it("keeps the ids of templates as they are, also where one looks like a card's number", () => {
    const id = "b4524956994110a1";
    const shop = jsonOf(taught("shop", id), "shop");
    for (const kind of [id, `end ${id}`, `silence ${id}`]) expect(shop).toContain(`"${kind}"`);
    const redactor = createRedactor(redactConfig.parse({}));
    expect(redactor.sender(`end ${id}`)).not.toContain(id);
    const there = newParts();
    takeOver({ service: "shop", json: shop, isLast: true }, there, redactor.sender, fail);
    expect(jsonOf(there, "shop")).toBe(shop);
  });
});
