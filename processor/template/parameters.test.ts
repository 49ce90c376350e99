import { describe, expect, it } from "vitest";
import { parametersOf } from "./parameters.ts";

describe("parameters", () => {
  it.each([
    ["none where nothing varies", ["all", "fixed"], ["all", "fixed"], []],
    [
      "the raw text of each variable token, in order",
      ["<IP>", "sent", "<*>"],
      ["10.0.0.1", "sent", "it"],
      ["10.0.0.1", "it"],
    ],
    ["a token that only holds a variable part, whole", ["uid=<NUM>"], ["uid=0"], ["uid=0"]],
    ["none for text that only looks like a placeholder", ["<num>", "<>", "NUM>"], ["a", "b", "c"], []],
    ["none for what the template does not reach", ["a"], ["a", "7"], []],
  ])("%s", (_, template, raw, expected) => {
    expect(parametersOf(template, raw)).toEqual(expected);
  });
});
