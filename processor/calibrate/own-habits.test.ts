import { describe, expect, it } from "vitest";
import { detectorNumber } from "../detect/evidence.ts";
import { createOwnHabits } from "./own-habits.ts";

const NGRAM = detectorNumber("ngram");
const MODEL = detectorNumber("event-model");

/** A service with a job that stands anywhere, and a step that always follows the same one. */
function taught() {
  const habits = createOwnHabits();
  for (let i = 0; i < 60; i += 1) {
    habits.learn("job", NGRAM, 8 + (i % 7));
    habits.learn("step", NGRAM, 0.1);
  }
  return habits;
}

describe("a template's own past", () => {
  it("tells that a job is odd to an n-gram wherever it comes, and leaves a broken order as odd as it is", () => {
    const habits = taught();
    expect(habits.floor("job", NGRAM, 15)).toBeGreaterThan(0.01);
    expect(habits.floor("step", NGRAM, 15)).toBeLessThan(1e-5);
  });

  it("tells the less, the less there is of it", () => {
    const habits = createOwnHabits();
    const floors = [5, 10, 20, 40].map((until, round, all) => {
      for (let i = all[round - 1] ?? 0; i < until; i += 1) habits.learn("step", NGRAM, 0.1);
      return habits.floor("step", NGRAM, 15);
    });
    expect(floors).toEqual(floors.toSorted((a, b) => b - a));
    expect(floors[0]).toBeGreaterThan(1e-4);
  });

  it("tells nothing of a template that never came, nor of bursts and values", () => {
    const habits = taught();
    expect(habits.floor("new", NGRAM, 15)).toBe(0);
    for (const detector of ["rate", "parameter", "new-template"] as const) {
      habits.learn("job", detectorNumber(detector), 12);
      expect(habits.floor("job", detectorNumber(detector), 15)).toBe(0);
    }
  });

  it("forgets what other weights were surprised by", () => {
    const habits = createOwnHabits();
    for (let i = 0; i < 60; i += 1) habits.learn("step", MODEL, 9, "old");
    expect(habits.floor("step", MODEL, 9, "old")).toBeGreaterThan(0.1);
    expect(habits.floor("step", MODEL, 9, "new")).toBe(0);
    for (let i = 0; i < 60; i += 1) habits.learn("step", MODEL, 0.1, "new");
    expect(habits.floor("step", MODEL, 9, "new")).toBeLessThan(1e-3);
  });

  it("is the same after a restart", () => {
    const habits = taught();
    const again = createOwnHabits(JSON.parse(JSON.stringify(habits.snapshot())));
    expect(again.floor("job", NGRAM, 15)).toBe(habits.floor("job", NGRAM, 15));
    expect(again.snapshot()).toEqual(habits.snapshot());
  });
});
