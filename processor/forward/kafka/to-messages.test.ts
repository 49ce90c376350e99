import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeRequest } from "../../wire/encode.ts";
import { readRequest } from "../../wire/read-request.ts";
import { splitResources } from "../../wire/split-resources.ts";
import { toMessages } from "./to-messages.ts";

/** A request with a resource for each, whose one record says which it is. */
const requestOf = (services: readonly string[]) =>
  encodeRequest(
    services.map((service, i) => ({
      attributes: { "service.name": service },
      records: [{ body: `${service} ${i}`, timeUnixNano: 1n }],
    })),
  );
const bodiesOf = (bytes: Uint8Array | undefined) =>
  readRequest(bytes ?? new Uint8Array()).records.map(({ body }) => body);

describe("a request without a key", () => {
  it("is a message of each service, keyed by it, resources in their order", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 12 }), (services) => {
        const messages = toMessages(requestOf(services), "out", undefined);
        expect(messages.map(({ key }) => String(key))).toEqual([...new Set(services)]);
        for (const { key, value } of messages) {
          const own = services.flatMap((service, i) => (service === String(key) ? [`${service} ${i}`] : []));
          expect(bodiesOf(value)).toEqual(own);
        }
      }),
    );
  });

  it("of one service is its very bytes", () => {
    const body = requestOf(["a", "a"]);
    expect(toMessages(body, "out", undefined).map(({ value }) => value)).toEqual([Buffer.from(body)]);
  });

  it("with fields that we do not know stays whole", () => {
    const body = Buffer.concat([requestOf(["a", "b"]), Uint8Array.of(0x10, 0x01)]);
    expect(toMessages(body, "out", undefined)).toEqual([
      { topic: "out", key: Buffer.from("a"), value: body },
    ]);
  });
});

it("a request with a key is one message with it", () => {
  const body = requestOf(["a", "b"]);
  const key = Buffer.from("k");
  expect(toMessages(body, "out", key)).toEqual([{ topic: "out", key, value: Buffer.from(body) }]);
});

it("the resources of a request make up its bytes", () => {
  const body = requestOf(["a", "b", "a"]);
  const parts = splitResources(body);
  expect(parts).toHaveLength(3);
  expect(Buffer.concat(parts)).toEqual(Buffer.from(body));
});
