import { describe, expect, it } from "vitest";
import { placeWeights } from "./place-weights.ts";

/** The weight of one word of a template. */
function weight(template: string, word: string, importance = 1) {
  const start = template.indexOf(word);
  return { token: word, importance, start, end: start + word.length };
}

describe("weights of a template's words in a body", () => {
  it("move to where the words stand, and to what stands for a placeholder", () => {
    const template = "disk <*> failed after <DUR>";
    const weights = [weight(template, "failed", 0.5), weight(template, "<*>", 0.3)];
    expect(placeWeights(template, "disk   /dev/sda failed after 3ms", weights)).toEqual([
      { token: "disk", importance: 0, start: 0, end: 4 },
      { token: "/dev/sda", importance: 0.3, start: 7, end: 15 },
      { token: "failed", importance: 0.5, start: 16, end: 22 },
      { token: "after", importance: 0, start: 23, end: 28 },
      { token: "3ms", importance: 0, start: 29, end: 32 },
    ]);
  });

  it("add up where one word of the body stands for several of the model's", () => {
    const template = "pool users-db is full";
    const weights = ["users", "-", "db"].map((word) => weight(template, word, 0.2));
    const [, placed] = placeWeights(template, "pool users-db is full", weights);
    expect(placed).toEqual({ token: "users-db", importance: expect.closeTo(0.6), start: 5, end: 13 });
  });

  it("are left out where the body was cut", () => {
    const template = "user <NUM> left";
    expect(placeWeights(template, "user 7", [weight(template, "left")])).toEqual([
      { token: "user", importance: 0, start: 0, end: 4 },
      { token: "7", importance: 0, start: 5, end: 6 },
    ]);
    expect(placeWeights(template, "", [weight(template, "left")])).toEqual([]);
  });

  it("are none where a model gave none", () => {
    expect(placeWeights("user left", "user left", [])).toEqual([]);
  });
});
