import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stateList } from "../template/state-list.ts";
import { jsonPieces } from "./json-pieces.ts";

const written = (state: unknown) => [...jsonPieces(state)].join("");

describe("the pieces of a state", () => {
  it("are its JSON, whatever it holds and however long it is", () => {
    const leaf = fc.jsonValue({ maxDepth: 1 });
    const lists = fc.oneof(
      fc.array(leaf, { maxLength: 100, size: "max" }),
      fc.array(leaf, { maxLength: 5 }).map((members) => stateList(members, (one) => one)),
    );
    const record = fc.dictionary(fc.string(), fc.option(fc.oneof(leaf, lists), { nil: undefined }), {
      maxKeys: 4,
    });
    const state = fc.oneof(
      leaf,
      lists,
      record,
      fc.array(record, { maxLength: 4 }),
      fc.array(record, { maxLength: 4 }).map((members) => stateList(members, (one) => ["name", one])),
    );
    fc.assert(
      fc.property(state, (one) => {
        expect(JSON.parse(written(one))).toEqual(JSON.parse(JSON.stringify(one)));
      }),
      { numRuns: 200 },
    );
  });

  it("are many where lists are long, also in lists", () => {
    const services = stateList(["a", "b"], (name) => [
      name,
      { templates: Array.from({ length: 1_000 }, (_, id) => [id, name]) },
    ]);
    const pieces = [...jsonPieces({ version: 1, services })];
    expect(JSON.parse(pieces.join(""))).toEqual(JSON.parse(JSON.stringify({ version: 1, services })));
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(1_000);
  });

  it("are made one after the other: what is learned between them is not waited for", () => {
    const values = new Map([
      ["a", "x".repeat(10_000)],
      ["b", "before"],
    ]);
    const pieces = jsonPieces(stateList(values.keys(), (key) => values.get(key)));
    expect(pieces.next().value).toBe(`["${"x".repeat(10_000)}"`);
    values.set("b", "after").set("c", "later");
    expect([...pieces].join("")).toBe(',"after"]');
  });
});
