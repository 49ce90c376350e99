import { GraphQLScalarType, Kind } from "graphql";
import { z } from "zod";
import { userError } from "./errors.ts";

const isoInstant = z.iso.datetime({ offset: true });

/** Milliseconds since the epoch inside, ISO 8601 with a time zone outside. */
export const dateTime = new GraphQLScalarType<number, string>({
  name: "DateTime",
  description: "An instant, ISO 8601 with a time zone, such as 2026-01-05T08:00:00.000Z.",
  specifiedByURL: "https://scalars.graphql.org/andimarek/date-time.html",
  serialize(value) {
    return new Date(Number(value)).toISOString();
  },
  parseValue: parse,
  parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined),
});

function parse(value: unknown): number {
  const parsed = isoInstant.safeParse(value);
  if (!parsed.success)
    throw userError(
      "BAD_USER_INPUT",
      "a DateTime must be an ISO 8601 text with a time zone",
      "Write it like 2026-01-05T08:00:00Z.",
    );
  return Date.parse(parsed.data);
}
