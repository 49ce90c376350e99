import { expect, it } from "vitest";
import { createRowBudget } from "./row-budget.ts";

it("gives all its rows, and not one more", () => {
  const budget = createRowBudget(10);
  budget.take(4);
  budget.take(6);
  expect(() => budget.take(1)).toThrow("10 rows in all");
});
