import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createModelShelf } from "../../processor/promote/model-shelf.ts";
import { clearShelf } from "../../processor/promote/promote.ts";
import { openStore } from "../../store/open-store.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { aRun } from "../store-contract/a-run.ts";

it("weights that people have just given up stay as long as the stage has them, and go then", async () => {
  const directory = temporaryDirectory("shelf");
  const store = await openStore({ path: join(directory, "logbert.db") });
  const shelf = createModelShelf({
    directory,
    configured: { directory: join(directory, "configured"), version: "m" },
  });
  await store.configureModel("m", 1);
  for (const [i, version] of ["m+1", "m+2"].entries()) {
    mkdirSync(join(directory, version));
    await store.requestTraining(aRun(i));
    const run = aRun(i, { state: "PROMOTED", modelBefore: i === 0 ? "m" : "m+1", modelAfter: version });
    expect(await store.promoteModel({ version, run }, 2 + i)).toBe(true);
  }
  await store.rollbackModel(5);
  const versions = async () => (await store.models()).map(({ version }) => version).toSorted();

  await clearShelf({ store, shelf, scorer: { version: "m+2" } }, 5);
  expect(await versions()).toEqual(["m", "m+1", "m+2"]);
  expect(existsSync(join(directory, "m+2"))).toBe(true);

  await clearShelf({ store, shelf, scorer: { version: "m+1" } }, 5);
  expect(await versions()).toEqual(["m", "m+1"]);
  expect(existsSync(join(directory, "m+2"))).toBe(false);
  await store.close();
});
