import { describe, expect, it } from "vitest";
import { createTransitions, UNSEEN } from "./transitions.ts";

/** Four templates, each as often as its number says. */
function taught() {
  const table = createTransitions({ templatesMax: 100, contextsMax: 100 });
  for (const times of [1, 2, 3, 4])
    for (let time = 0; time < times; time++)
      table.count(table.intern(`t${times}`, `text ${times}`), undefined, undefined);
  return table;
}
const textsOf = (expected: readonly { readonly template: string | undefined }[]) =>
  expected.map(({ template }) => template);

describe("what is expected after a template that was never seen", () => {
  it("is what is the most frequent, sought once for all such places", () => {
    const table = taught();
    const expected = table.expected(UNSEEN, undefined);
    expect(textsOf(expected)).toEqual(["text 4", "text 3", "text 2"]);
    expect(table.expected(UNSEEN, UNSEEN)).toBe(expected);
    expect(table.expected(undefined, undefined)).toBe(expected);
  });

  it("follows what is learned", () => {
    const table = taught();
    table.expected(UNSEEN, undefined);
    for (let time = 0; time < 9; time++) table.count(table.token("t1"), undefined, undefined);
    expect(textsOf(table.expected(UNSEEN, undefined))).toEqual(["text 1", "text 4", "text 3"]);
    table.intern("t1", "text 1 in other words");
    expect(textsOf(table.expected(UNSEEN, undefined))[0]).toBe("text 1 in other words");
  });

  it("is not what is expected after a known one", () => {
    const table = taught();
    table.expected(UNSEEN, undefined);
    table.count(table.token("t1"), table.token("t4"), undefined);
    expect(textsOf(table.expected(table.token("t4"), undefined))).toEqual(["text 1"]);
  });
});

describe("what came in a place before", () => {
  /** "a b c" nine times, then "a c" once. */
  function sequences() {
    const table = createTransitions({ templatesMax: 100, contextsMax: 100 });
    const [a = 0, b = 0, c = 0] = ["a", "b", "c"].map((id) => table.intern(id, `text ${id}`));
    for (let time = 0; time < 9; time++) {
      table.count(b, a, undefined);
      table.count(c, b, a);
    }
    table.count(c, a, undefined);
    return { table, a, b, c };
  }

  it("is counted, and what usually stands between is named where it was left out", () => {
    const { table, a, b, c } = sequences();
    expect(table.order(c, a, undefined)).toEqual({ times: 1, of: 10, skipped: "text b" });
    expect(table.order(b, a, undefined)).toEqual({ times: 9, of: 10 });
    expect(table.order(a, b, undefined)).toEqual({ times: 0, of: 9 });
    expect(table.order(UNSEEN, a, undefined)).toEqual({ times: 0, of: 10 });
  });

  it("is not known after what nothing has followed", () => {
    const { table, a, c } = sequences();
    expect(table.order(a, c, undefined)).toBeUndefined();
    expect(table.order(a, undefined, undefined)).toBeUndefined();
  });
});
