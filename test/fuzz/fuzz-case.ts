import { Buffer } from "node:buffer";
import { z } from "zod";

/** How a body is sent. `cutAt` is how many of its bytes go out before something happens. */
export type Pace =
  | { readonly kind: "whole" }
  /** In small pieces, one after the other. */
  | { readonly kind: "pieces"; readonly bytes: number }
  /** A pause in the middle, during which other requests are answered. */
  | { readonly kind: "stall"; readonly cutAt: number }
  /** The sender closes its side in the middle. */
  | { readonly kind: "half-close"; readonly cutAt: number }
  /** The connection (HTTP) or the stream (gRPC) is cut in the middle. */
  | { readonly kind: "reset"; readonly cutAt: number };

/** One request as it is sent: everything that is needed to send it again. */
export interface FuzzCase {
  /** What was done to it, for the report. */
  readonly name: string;
  /** `raw-http` and `raw-grpc` write the body to a fresh connection as it is. */
  readonly door: "grpc" | "http" | "raw-grpc" | "raw-http";
  readonly method: string;
  readonly path: string;
  /** HTTP: one header a pair; an own content-length or transfer-encoding replaces the right one. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** HTTP: the encoded body. gRPC: the message frames. */
  readonly body: Uint8Array;
  readonly pace: Pace;
}

const paceSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("whole") }),
  z.strictObject({ kind: z.literal("pieces"), bytes: z.int().min(1) }),
  z.strictObject({ kind: z.literal("stall"), cutAt: z.int().min(0) }),
  z.strictObject({ kind: z.literal("half-close"), cutAt: z.int().min(0) }),
  z.strictObject({ kind: z.literal("reset"), cutAt: z.int().min(0) }),
]);

const caseSchema = z.strictObject({
  name: z.string(),
  door: z.enum(["grpc", "http", "raw-grpc", "raw-http"]),
  method: z.string(),
  path: z.string(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  body: z.base64(),
  pace: paceSchema,
});

/** The case as it is written to disk: JSON with the body in base64. */
export function caseToJson(one: FuzzCase): string {
  return `${JSON.stringify({ ...one, body: Buffer.from(one.body).toString("base64") }, null, 2)}\n`;
}

/** Reads a case from disk. Throws when the text is none. */
export function caseFromJson(text: string): FuzzCase {
  const { body, ...rest } = caseSchema.parse(JSON.parse(text));
  return { ...rest, body: Buffer.from(body, "base64") };
}
