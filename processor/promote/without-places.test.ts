import { expect, it } from "vitest";
import { withoutPlaces } from "./without-places.ts";

const DIRECTORIES = ["/var/lib/logbert data/models", "/var/lib/logbert data/training/run", "/opt/model"];

it.each([
  ["/var/lib/logbert data/models/a+train-1/model.onnx is damaged", "a+train-1/model.onnx is damaged"],
  [
    "cannot be written to /var/lib/logbert data/training/run/model (ENOSPC)",
    "cannot be written to model (ENOSPC)",
  ],
  ["/var/lib/logbert data/training/run cannot be used", "run cannot be used"],
  ["the model file /opt/model/weights.bin cannot be read", "the model file weights.bin cannot be read"],
  ["Error: spawn /usr/local/bin/node ENOENT", "Error: spawn node ENOENT"],
  ["ENOENT: no such file, rename '/srv/a/b' -> '/srv/c/d/'", "ENOENT: no such file, rename 'b' -> 'd'"],
  ["at file:///srv/app/cli.js:3:1", "at cli.js:3:1"],
  ["see https://example.com/a/b, and 3/4 of and/or", "see https://example.com/a/b, and 3/4 of and/or"],
  ["the weights do not beat those in use", "the weights do not beat those in use"],
])("%s", (text, shown) => {
  expect(withoutPlaces(text, DIRECTORIES)).toBe(shown);
});
