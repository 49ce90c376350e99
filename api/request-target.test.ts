import fc from "fast-check";
import { expect, it } from "vitest";
import { splitTarget } from "./request-target.ts";

it.each([
  [undefined, "/", ""],
  ["", "", ""],
  ["//", "//", ""],
  ["/graphql", "/graphql", ""],
  ["/graphql?query={a}?b", "/graphql", "?query={a}?b"],
  ["?", "", "?"],
])("splits %s", (target, path, query) => {
  expect(splitTarget(target)).toEqual({ path, query });
});

it("loses nothing of any target", () => {
  fc.assert(
    fc.property(fc.string(), (target) => {
      const { path, query } = splitTarget(target);
      expect(path + query).toBe(target);
      expect(path).not.toContain("?");
    }),
  );
});
