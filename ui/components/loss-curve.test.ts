import { expect, test } from "vitest";
import { lossCurveShape } from "./loss-curve.ts";

const size = { width: 10, height: 4 };

test.each([
  [[]],
  [[{ step: 5, loss: 1 }]],
  [
    [
      { step: 5, loss: 1 },
      { step: 5, loss: 2 },
    ],
  ],
])("%j is no curve", (points) => {
  expect(lossCurveShape(points, size)).toBeUndefined();
});

test("the curve goes from the highest loss at the top to the lowest at the bottom, by step", () => {
  const points = [
    { step: 10, loss: 1.5 },
    { step: 0, loss: 2 },
    { step: 5, loss: 1 },
  ];
  expect(lossCurveShape(points, size)).toMatchObject({
    line: "0,0 5,4 10,2",
    best: { step: 5, loss: 1 },
    bestX: 5,
    bestY: 4,
    highest: 2,
    steps: 10,
  });
});

test("a loss that never moved is a flat line", () => {
  const points = [
    { step: 0, loss: 2 },
    { step: 10, loss: 2 },
  ];
  expect(lossCurveShape(points, size)?.line).toBe("0,0 10,0");
});
