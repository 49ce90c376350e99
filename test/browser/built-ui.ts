import { inject } from "vitest";
import { buildUi } from "./build-ui.ts";

/** The directory of the UI that the API serves: the one that vitest's project has built, elsewhere one of its own. */
export async function builtUi(): Promise<string> {
  return inject("uiDirectory") ?? buildUi();
}
