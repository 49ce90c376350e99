import { expect, it } from "vitest";
import { markParameter } from "./mark-parameter.ts";

it.each([
  ["<NUM> rows in <DUR>", "3 rows in 900 ms", 0, "3"],
  ["<NUM> rows in <DUR>", "3 rows in 900 ms", 1, "900 ms"],
  [
    "Request req_<*> completed with status <NUM> in <DUR>",
    "Request req_9f completed with status 503 in 5ms",
    1,
    "503",
  ],
  ["user=<*>, code=<NUM>", "user=u1, code=7", 1, "7"],
])("marks what was odd in %s", (template, body, slot, odd) => {
  const marked = markParameter(template, body, slot);
  expect(marked.map(({ start, end }) => body.slice(start, end))).toEqual([odd]);
  expect(marked[0]).toMatchObject({ token: odd, importance: 1 });
});

it("marks nothing where the body does not show it", () => {
  expect(markParameter("<NUM> rows", "", 0)).toEqual([]);
  expect(markParameter("<NUM> rows", "3 rows", 1)).toEqual([]);
  expect(markParameter("no parts", "no parts", 0)).toEqual([]);
});
