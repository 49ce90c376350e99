import { expect, it } from "vitest";
import { endKind, silenceKind, subjectOf, TOTAL_SILENCE_KIND } from "./kind.ts";

it("a kind tells what it is of", () => {
  const kinds = [
    "5f0c1d2e3a4b5c6d",
    endKind("a"),
    silenceKind("a"),
    silenceKind(undefined),
    TOTAL_SILENCE_KIND,
  ];
  expect(kinds).toEqual(["5f0c1d2e3a4b5c6d", "end a", "silence a", "silence", "silence *"]);
  expect(kinds.map(subjectOf)).toEqual(["event", "end", "silence", "silence", "silence"]);
});
