import { CommanderError } from "commander";
import { ConfigError } from "./load-config.ts";

/** The program was called in a way that cannot work: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** 0 = done, 1 = failed, 2 = wrong usage or configuration (CONTRACT: the program). */
export function exitCodeFor(error: unknown): 0 | 1 | 2 {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof ConfigError || error instanceof UsageError || isConfiguredFile(error) ? 2 : 1;
}

/** Files that the configuration names: a model or a certificate that cannot be used is wrong configuration. */
const CONFIGURED_FILES = new Set(["ModelError", "TlsFileError"]);

function isConfiguredFile(error: unknown): boolean {
  return error instanceof Error && CONFIGURED_FILES.has(error.name);
}
