import { describe, expect, it } from "vitest";
import { encodeRequest } from "./encode.ts";
import { isConcatenable } from "./is-concatenable.ts";
import { readRequest } from "./read-request.ts";

const request = (body: string) => encodeRequest([{ attributes: {}, records: [{ timeUnixNano: 1n, body }] }]);

describe("a request may stand beside others in one", () => {
  it("when it holds nothing but resource logs: all records are there, in order", () => {
    const two = Buffer.concat([request("a"), request("b")]);
    const three = Buffer.concat([two, request("c")]);
    expect([request("a"), two, three].every(isConcatenable)).toBe(true);
    expect(readRequest(three).records.map(({ body }) => body)).toEqual(["a", "b", "c"]);
  });

  it.each([
    ["nothing", []],
    ["an unknown field", [0x10, 0x01]],
    ["an unknown message", [0x12, 0x00]],
    ["a length beyond its end", [0x0a, 0x05, 0x00]],
    ["half a tag", [0x8a]],
    ["a group", [0x0b, 0x0c]],
  ])("but not with %s", (_, bytes) => {
    expect(isConcatenable(Uint8Array.from(bytes))).toBe(false);
    if (bytes.length > 0)
      expect(isConcatenable(Buffer.concat([request("a"), Buffer.from(bytes)]))).toBe(false);
  });
});
