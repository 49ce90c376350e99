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
  const leftOut: string[] = [];
  const releases = createReleases(BAND_MS, [], (what) => leftOut.push(what));
  let clockMs = 0;
  const see = (which: Release, afterMs = 1) => {
    clockMs += afterMs;
    releases.pass(clockMs);
    releases.learn(which, clockMs);
  };
  for (const [index, which] of shown.entries()) see(which, index === 0 ? 0 : 1);
  return { releases, leftOut, see, pass: (ms: number) => see(shown.at(-1) ?? one, ms) };
}

describe("the releases of a service", () => {
  it("open no band for a record without one, nor for the first one", () => {
    expect(seen(one).releases.deployments()(undefined, 0)).toBeUndefined();
    expect(seen().releases.deployments()(one, 0)).toBeUndefined();
    expect(seen(one).releases.deployments()(one, 0)).toBeUndefined();
  });

  it("open one for a release that was never seen, from the record that tells it to the end of the band", () => {
    const { releases, pass } = seen(one);
    const deployment = { release: two, previous: one, startedMs: 70, untilMs: 70 + BAND_MS };
    expect(releases.deployments()(two, 70)).toEqual(deployment);
    releases.learn(two, 70);
    pass(BAND_MS - 1);
    expect(releases.deployments()(two, 90)).toEqual(deployment);
    pass(1);
    expect(releases.deployments()(two, 90)).toBeUndefined();
  });

  it("open none with a length of 0", () => {
    const releases = createReleases(0);
    releases.learn(one, 0);
    expect(releases.deployments()(two, 1)).toBeUndefined();
  });

  it("tell two deployments of one version apart", () => {
    const { releases } = seen(release("1", "a"));
    expect(releases.deployments()(release("1", "b"), 1)?.previous).toEqual(release("1", "a"));
    expect(releaseKey("a", "b")).not.toBe(releaseKey('["a","b"]', undefined));
  });

  it("keep one band over a rollout, in which the old and the new come side by side, and open none for a rollback", () => {
    const { releases, pass } = seen(one, two, one, two, one);
    expect(releases.deployments()(one, 5)).toBeUndefined();
    expect(releases.deployments()(two, 5)).toMatchObject({ previous: one, startedMs: 1 });
    pass(BAND_MS);
    expect(releases.deployments()(two, 5)).toBeUndefined();
  });

  it("remember what a release has brought until its band closes, however many others follow on it", () => {
    const { releases, see } = seen(one, two);
    releases.learnNew(one, "t0", true);
    releases.learnNew(two, "t1", true);
    expect([releases.brought("t0"), releases.brought("t1")]).toMatchObject([
      undefined,
      { by: { release: two }, isHarmless: true },
    ]);
    see(three, BAND_MS - 10);
    releases.learnNew(three, "t1", true);
    expect(releases.brought("t1")).toMatchObject({ by: { release: two } });
    see(three, 10);
    expect(releases.brought("t1")).toBeUndefined();
    expect(releases.deployments()(three, 0)).toBeDefined();
  });

  it("keep no more new messages than there is room for, over all open bands", () => {
    const { releases, leftOut } = seen(one, two, three);
    for (let i = 0; i < 600; i += 1) releases.learnNew(i % 2 === 0 ? two : three, `t${i}`, true);
    expect(releases.mayBring()).toBe(false);
    expect([releases.brought("t499")?.isHarmless, releases.brought("t500")]).toEqual([true, undefined]);
    expect(leftOut).toEqual(Array(100).fill("message"));
  });

  it("are the same after a restart", () => {
    const { releases } = seen(one, release("2", "a"), one);
    releases.learnNew(release("2", "a"), "t1", false);
    const state = releasesState.parse(JSON.parse(JSON.stringify(releases.snapshot())));
    const restored = createReleases(BAND_MS, state);
    expect(restored.snapshot()).toEqual(releases.snapshot());
    expect(restored.deployments()(release("2", "a"), 9)).toEqual(
      releases.deployments()(release("2", "a"), 9),
    );
    expect(restored.brought("t1")).toEqual(releases.brought("t1"));
    expect(restored.deployments()(one, 9)).toBeUndefined();
    for (const clockMs of [0, BAND_MS - 2]) restored.pass(clockMs);
    expect(restored.deployments()(release("2", "a"), 9)).toBeDefined();
    restored.pass(BAND_MS);
    expect(restored.deployments()(release("2", "a"), 9)).toBeUndefined();
  });

  it("forget the one that was seen least recently when there are too many, and none that still runs", () => {
    const many = Array.from({ length: 64 }, (_, i) => release(`v${i}`));
    const { releases, see, pass } = seen(...many, release("v0"), release("new"));
    expect(releases.snapshot()).toHaveLength(65);
    pass(BAND_MS);
    see(release("newer"), BAND_MS);
    expect(releases.snapshot()).toHaveLength(64);
    expect(releases.deployments()(release("v0"), 1)).toBeUndefined();
    expect(releases.deployments()(release("v1"), 1)).toBeDefined();
  });

  it("open no more bands where each instance has a release of its own, until that calms down", () => {
    const instances = Array.from({ length: 100 }, (_, i) => release(`pod-${i}`));
    const { releases, see, leftOut } = seen(...instances);
    const opened = () => instances.filter((one) => releases.deployments()(one, 0) !== undefined).length;
    expect(opened()).toBeLessThanOrEqual(8);
    expect(leftOut.length).toBe(99 - opened());
    for (const one of [...instances, ...instances]) see(one, BAND_MS / 110);
    expect(opened()).toBe(0);
    see(one);
    expect(releases.deployments()(one, 0)).toBeDefined();
  });

  it("open no more bands for the records of one batch than they do when these are learned", () => {
    const { releases, see } = seen(one);
    const batch = Array.from({ length: 100 }, (_, i) => release(`pod-${i}`));
    const deploymentOf = releases.deployments();
    const promised = batch.filter((each) => deploymentOf(each, 5) !== undefined);
    expect(promised.length).toBe(7);
    expect(deploymentOf(batch[0], 9)).toMatchObject({ startedMs: 5 });
    for (const each of batch) see(each, 0);
    expect(batch.filter((each) => releases.deployments()(each, 5) !== undefined)).toEqual(promised);
  });

  it("stay bounded with a release for each record", () => {
    const { releases } = seen(...Array.from({ length: 2_000 }, (_, i) => release(`v${i}`)));
    expect(releasesState.safeParse(releases.snapshot()).success).toBe(true);
  });

  it("do not close a band for one wrong timestamp", () => {
    const hour = 3_600_000;
    const releases = createReleases(hour);
    releases.learn(one, 0);
    releases.learn(two, 0);
    for (const clockMs of [0, 2 * hour, 2 * hour + 1]) releases.pass(clockMs);
    expect(releases.deployments()(two, 0)).toBeDefined();
    for (let minutes = 0; minutes < 60; minutes += 1) releases.pass(2 * hour + minutes * 60_000);
    expect(releases.deployments()(two, 0)).toBeUndefined();
  });
});
