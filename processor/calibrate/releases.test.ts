import { describe, expect, it } from "vitest";
import { type Release, releaseKey } from "../window/release.ts";
import { createReleases, releasesState } from "./releases.ts";

const BAND_MS = 1_000;

function release(version: string | undefined, deployment?: string): Release {
  return { version, deployment, key: releaseKey(version, deployment) };
}
const [one, two, three] = [release("1"), release("2"), release("3")];

/** Saw some releases, one each millisecond. */
function seen(...shown: readonly Release[]) {
  const releases = createReleases(BAND_MS);
  for (const [ms, which] of shown.entries()) releases.learn(which, ms, ms);
  return releases;
}

describe("the releases of a service", () => {
  it("open no band for a record without one, nor for the first one", () => {
    expect(seen(one).deployment(undefined, 0, 0)).toBeUndefined();
    expect(seen().deployment(one, 0, 0)).toBeUndefined();
    expect(seen(one).deployment(one, 0, 0)).toBeUndefined();
  });

  it("open one for a release that was never seen, from the record that tells it to the end of the band", () => {
    const releases = seen(one);
    const deployment = { release: two, previous: one, startedMs: 70, untilMs: 70 + BAND_MS };
    expect(releases.deployment(two, 70, 10)).toEqual(deployment);
    releases.learn(two, 70, 10);
    expect(releases.deployment(two, 90, 10 + BAND_MS - 1)).toEqual(deployment);
    expect(releases.deployment(two, 90, 10 + BAND_MS)).toBeUndefined();
  });

  it("open none with a length of 0", () => {
    const releases = createReleases(0);
    releases.learn(one, 0, 0);
    expect(releases.deployment(two, 1, 1)).toBeUndefined();
  });

  it("tell two deployments of one version apart", () => {
    const releases = seen(release("1", "a"));
    expect(releases.deployment(release("1", "b"), 1, 1)?.previous).toEqual(release("1", "a"));
    expect(releaseKey("a", "b")).not.toBe(releaseKey('["a","b"]', undefined));
  });

  it("keep one band over a rollout, in which the old and the new come side by side, and open none for a rollback", () => {
    const releases = seen(one, two, one, two, one);
    expect(releases.deployment(one, 5, 5)).toBeUndefined();
    expect(releases.deployment(two, 5, 5)).toMatchObject({ previous: one, startedMs: 1 });
    expect(releases.deployment(two, 5, 1 + BAND_MS)).toBeUndefined();
  });

  it("remember what a release has brought until its band closes", () => {
    const releases = seen(one, two);
    releases.learnNew(one, "t0");
    releases.learnNew(two, "t1");
    expect([releases.hasBrought("t0"), releases.hasBrought("t1")]).toEqual([false, true]);
    releases.learn(two, 2, 1 + BAND_MS);
    expect(releases.hasBrought("t1")).toBe(false);
  });

  it("count no more new messages of one release than are kept", () => {
    const releases = seen(one, two);
    for (let i = 0; i < 600; i += 1) releases.learnNew(two, `t${i}`);
    expect([releases.mayBring(two), releases.mayBring(three)]).toEqual([false, true]);
    expect([releases.hasBrought("t499"), releases.hasBrought("t500")]).toEqual([true, false]);
  });

  it("are the same after a restart", () => {
    const releases = seen(one, release("2", "a"));
    releases.learnNew(release("2", "a"), "t1");
    const state = releasesState.parse(JSON.parse(JSON.stringify(releases.snapshot())));
    const restored = createReleases(BAND_MS, state);
    expect(restored.snapshot()).toEqual(releases.snapshot());
    expect(restored.deployment(release("2", "a"), 9, 9)).toEqual(
      releases.deployment(release("2", "a"), 9, 9),
    );
    expect(restored.hasBrought("t1")).toBe(true);
    expect(restored.deployment(one, 9, 9)).toBeUndefined();
  });

  it("forget the one that was seen least recently when there are too many", () => {
    const releases = seen(
      ...Array.from({ length: 64 }, (_, i) => release(`v${i}`)),
      release("v0"),
      release("new"),
    );
    expect(releases.snapshot()).toHaveLength(64);
    expect(releases.deployment(release("v0"), 1, 5_000)).toBeUndefined();
    expect(releases.deployment(release("v1"), 1, 5_000)).toBeDefined();
  });
});
