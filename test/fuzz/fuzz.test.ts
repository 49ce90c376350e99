import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Campaign, startCampaign } from "./campaign.ts";
import { caseFromJson, caseToJson, type FuzzCase } from "./fuzz-case.ts";
import { makeCase } from "./make-case.ts";
import { shardsOf } from "./run-shards.ts";

const CORPUS = join(import.meta.dirname, "corpus");
const REQUESTS = 2_000;
/** The same in every run: others are for the long run, which is a command (CONTRIBUTING.md). */
const SEED = 20_786;

let campaign: Campaign;
beforeAll(async () => {
  campaign = await startCampaign();
});
afterAll(() => campaign.stop());

function numbered(cases: readonly FuzzCase[]): readonly (readonly [number, FuzzCase])[] {
  return cases.map((one, place) => [place, one]);
}

describe("a stage that is sent what nobody should send", () => {
  it("answers every case of the corpus rightly, and loses and doubles nothing", async () => {
    const files = readdirSync(CORPUS).filter((file) => file.endsWith(".json"));
    const cases = files.map((file) => caseFromJson(readFileSync(join(CORPUS, file), "utf8")));
    const { failures, taken, refused } = await campaign.window(numbered(cases));
    expect(failures.map(({ place, problem }) => `${files[place]}: ${problem}`)).toEqual([]);
    expect(taken).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(20);
  });

  it(`answers ${REQUESTS} random requests rightly, and loses and doubles nothing`, async () => {
    const cases = Array.from({ length: REQUESTS }, (_, number) => makeCase(SEED, number));
    const { failures } = await campaign.window(numbered(cases));
    const told = failures.map(
      ({ place, one, problem }) => `seed ${SEED}, case ${place} (${one?.name}): ${problem}`,
    );
    expect(told).toEqual([]);
  });

  it("has given back every byte that it had room for", async () => {
    expect(await campaign.admissionProblem()).toBeUndefined();
  });
});

describe("a case", () => {
  it("is the same for the same seed and number, and after it was written down", () => {
    const one = makeCase(7, 42);
    expect(makeCase(7, 42)).toEqual(one);
    expect(makeCase(7, 43).body).not.toEqual(one.body);
    expect(caseFromJson(caseToJson(one))).toEqual({ ...one, body: Buffer.from(one.body) });
  });
});

describe("a run in several processes", () => {
  it.each([
    [10, 3],
    [2, 4],
    [1_000, 1],
  ])("sends every case once: %i cases in %i parts", (requests, parts) => {
    const shards = shardsOf({ from: 7, requests }, parts);
    const numbers = shards.flatMap((one) => Array.from({ length: one.requests }, (_, i) => one.from + i));
    expect(numbers).toEqual(Array.from({ length: requests }, (_, i) => 7 + i));
    const sizes = shards.map((one) => one.requests);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    expect(shards.length).toBeLessThanOrEqual(parts);
  });
});
