import type { TestProject } from "vitest/node";
import { buildUi } from "./build-ui.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Directory of the built UI, which the API serves. */
    readonly uiDirectory: string | undefined;
  }
}

/** Builds the UI once for all tests of the project. */
export async function setup({ provide }: TestProject): Promise<void> {
  provide("uiDirectory", await buildUi());
}
