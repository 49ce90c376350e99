import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { RECORDED_HEADER } from "../../processor/promote/recorded-format.ts";
import { createSegments, type Segments } from "../../processor/promote/segments.ts";
import { createSharedSegments, shareRecording } from "../../processor/promote/shared-segments.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { idOf } from "../store-contract/an-anomaly.ts";

const MIB = 2 ** 20;

let directory: string;
let store: Store;
let own: Segments;
beforeEach(async () => {
  directory = temporaryDirectory("recorded");
  store = await openStore({ path: join(directory, "logbert.db") });
  own = createSegments({
    directory: join(directory, "training"),
    bytesMax: MIB,
    newId: () => idOf(9),
    redact: (text) => text,
  });
});
afterEach(() => store.close());

it("recordings that do not begin as one are left out, and keep nobody from learning from the others", async () => {
  for (const [number, text] of [
    `${RECORDED_HEADER}{"a":1}\n`,
    `{"b":1}\n`,
    `${RECORDED_HEADER}{"c":1}\n`,
  ].entries()) {
    const path = join(directory, String(number));
    writeFileSync(path, text);
    await shareRecording(store, { id: idOf(number), path }, MIB);
  }
  const files = await createSharedSegments(own, store, MIB).freeze(join(directory, "frozen"));
  expect(files.map((file) => readFileSync(file, "utf8"))).toEqual([
    `${RECORDED_HEADER}{"a":1}\n${RECORDED_HEADER}{"c":1}\n`,
  ]);
});
