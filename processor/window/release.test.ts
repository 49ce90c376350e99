import { expect, it } from "vitest";
import { encodeRequest } from "../wire/encode.ts";
import { readRequest } from "../wire/read-request.ts";
import type { AttributeValue } from "../wire/record-view.ts";
import { releaseOf } from "./release.ts";

function releaseIn(attributes: Readonly<Record<string, AttributeValue>>) {
  const [record] = readRequest(
    encodeRequest([{ attributes, records: [{ timeUnixNano: 1n, body: "" }] }]),
  ).records;
  if (record === undefined) throw new Error("there is no record");
  return releaseOf(record, (text) => text.replace("secret", "<hidden>"));
}

it.each([
  [{}, undefined],
  [{ "service.version": "  " }, undefined],
  [{ "service.version": 5n }, undefined],
  [{ "deployment.environment.name": "production" }, undefined],
  [{ "service.version": " 1.4.2 " }, { version: "1.4.2", deployment: undefined }],
  [{ "deployment.name": "blue" }, { version: undefined, deployment: "blue" }],
  [
    { "service.version": "1", "deployment.id": "7", "deployment.name": "blue" },
    { version: "1", deployment: "7" },
  ],
  [{ "service.version": "secret-1" }, { version: "<hidden>-1" }],
  [{ "service.version": "x".repeat(200) }, { version: "x".repeat(128) }],
])("what a service runs: case %#", (attributes: Readonly<Record<string, AttributeValue>>, release) => {
  if (release === undefined) expect(releaseIn(attributes)).toBeUndefined();
  else expect(releaseIn(attributes)).toMatchObject(release);
});
