import { z } from "zod";
import { UsageError } from "../exit-code.ts";

/**
 * The options of a command, checked.
 *
 * @throws UsageError that names each wrong option and what it must be
 */
export function parseOptions<Schema extends z.ZodType>(schema: Schema, options: unknown): z.output<Schema> {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `--${optionName(path)}: ${message}`);
  throw new UsageError(problems.join("\n"));
}

/** A whole number as an option gives it, in words; both ends are allowed. */
export function wholeNumber(min: number, max: number) {
  return z.coerce.number(`must be a whole number from ${min} to ${max}`).int().min(min).max(max);
}

function optionName(path: readonly PropertyKey[]): string {
  return path.map((part) => String(part).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)).join(".");
}
