import { expect, it } from "vitest";
import { parameterName } from "./parameter-name.ts";

const ROWS = "<NUM> rows, uid=<NUM> size <NUM> in <DUR>";

it.each([
  [ROWS, 0, "the 1st number"],
  [ROWS, 1, '"uid"'],
  [ROWS, 2, 'the number after "size"'],
  [ROWS, 3, "the duration"],
  ["Request req_<*> completed with status <NUM> in <DUR>", 1, "the number"],
  ['{"code": <NUM>, "retry": <NUM>}', 1, '"retry"'],
  ["took: <DUR> wait: <DUR>", 1, '"wait"'],
  ["src: /<IP> dest: /<IP>", 1, "the 2nd address"],
  ["user <*> of <*>", 1, 'the value after "of"'],
  ["no parts", 0, "value 1"],
])("in %s the part %d is called %s", (template, slot, name) => {
  expect(parameterName({ original: template, shown: template }, slot)).toBe(name);
});

it("is a number alone where what is shown has other placeholders", () => {
  expect(parameterName({ original: "bob@x.com sent <NUM>", shown: "<EMAIL> sent <NUM>" }, 0)).toBe("value 1");
});
