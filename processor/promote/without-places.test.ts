import { basename } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
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
  ["no room in /opt/model.", "no room in model."],
  ["/opt/model/ cannot be used", "model/ cannot be used"],
  ["/opt/model-old/weights.bin is damaged", "weights.bin is damaged"],
  ["/srv/opt/model/weights.bin is damaged", "weights.bin is damaged"],
  ["[/opt/model]", "[model]"],
  ["ENOENT:/srv/a/b", "ENOENT:b"],
])("%s", (text, shown) => {
  expect(withoutPlaces(text, DIRECTORIES)).toBe(shown);
});

describe("whatever directories are called", () => {
  /** As a name may be on a disk, blanks and what a replacement string gives a meaning to included. */
  const name = fc
    .array(fc.constantFrom("$&", "$1", "$`", "$$", "a", "Z", "7", "-", "_", "+", " ", "ä", "(", "*", "."), {
      minLength: 1,
      maxLength: 8,
    })
    .map((parts) => `n${parts.join("")}x`);
  const plainName = fc.stringMatching(/^[a-z0-9$&+_-]{1,8}$/);
  const directory = fc.array(name, { minLength: 2, maxLength: 4 }).map((names) => `/${names.join("/")}`);
  const plainDirectory = fc
    .array(plainName, { minLength: 2, maxLength: 4 })
    .map((names) => `/${names.join("/")}`);

  it("what is in them is named from there on, and they themselves by their own name", () => {
    fc.assert(
      fc.property(directory, plainName, plainName, (place, within, file) => {
        const text = `${place}/${within}/${file} is damaged, '${place}' is full`;
        expect(withoutPlaces(text, [place])).toBe(
          `${within}/${file} is damaged, '${basename(place)}' is full`,
        );
      }),
    );
  });

  it("a longer path that holds theirs is another one, of which the last name is told", () => {
    fc.assert(
      fc.property(plainDirectory, plainName, plainName, (place, more, file) => {
        expect(withoutPlaces(`${place}${more}/${file} is damaged`, [place])).toBe(`${file} is damaged`);
        expect(withoutPlaces(`/${more}${place}/${file} is damaged`, [place])).toBe(`${file} is damaged`);
      }),
    );
  });

  it("a text without a path stays", () => {
    fc.assert(
      fc.property(fc.array(directory, { maxLength: 3 }), fc.string(), (places, text) => {
        const plain = text.replaceAll("/", "");
        expect(withoutPlaces(plain, places)).toBe(plain);
      }),
    );
  });
});
