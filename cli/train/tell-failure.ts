import { TrainingError } from "../../processor/learn/training-error.ts";
import type { CommandIo } from "../lines/command-io.ts";

/**
 * Tells why a training has failed to a program, as JSON in a line: `{"error":"…","code":"ENOSPC"}`, with the system's code
 * where it gave one. What to do about it is the program's to say: who reads it may never have typed an option.
 */
export function tellFailure(error: unknown, io: Pick<CommandIo, "err">): void {
  if (!(error instanceof TrainingError)) return;
  const { cause } = error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
  io.err(JSON.stringify({ error: error.message, code }));
}
