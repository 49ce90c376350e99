import type { Context } from "./context.ts";
import { userError } from "./errors.ts";

/** Rejects with a NOT_FOUND error for a service that has sent nothing. */
export async function requireService(
  service: string,
  { isService }: Pick<Context, "isService">,
): Promise<void> {
  if (await isService.load(service)) return;
  throw userError(
    "NOT_FOUND",
    "No record of this service has been seen.",
    "The query services lists those that have.",
  );
}

/** @throws a BAD_USER_INPUT error that names the argument, for a number that is no score */
export function requireScore(name: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw userError(
    "BAD_USER_INPUT",
    `${name}: ${value} is not between 0 and 1`,
    "Scores are between 0 and 1.",
  );
}
