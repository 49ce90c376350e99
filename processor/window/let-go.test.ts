import { expect, it } from "vitest";
import { freshWindow } from "../../test/helpers/detector-windows.ts";
import { letGoOfParameters } from "./let-go.ts";

it("lets go of the raw parameters of fresh events, and of theirs alone", () => {
  const { events, ...window } = freshWindow([{ template: "a <*>" }, { template: "b <*>" }]);
  const parametersOf = () => events.map(({ match }) => match.parameters);
  for (const { match } of events) match.parameters = ["raw"];
  letGoOfParameters({ ...window, events, freshFrom: 1 });
  expect(parametersOf()).toEqual([["raw"], []]);
  expect(events[1]?.match.template).toBe("b <*>");
});
