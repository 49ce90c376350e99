import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startLogbert } from "../helpers/logbert-process.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

it("the model's library makes no identifier to tell its maker of", async () => {
  const home = temporaryDirectory("home");
  // It keeps silent in CI by itself; an empty variable is none.
  const environment = {
    HOME: home,
    XDG_CACHE_HOME: "",
    CI: "",
    GITHUB_ACTIONS: "",
    ORT_DISABLE_TELEMETRY: "",
  };
  const logbert = await startLogbert({ environment });
  await logbert.stop();
  expect(existsSync(join(home, ".cache/Microsoft"))).toBe(false);
});
