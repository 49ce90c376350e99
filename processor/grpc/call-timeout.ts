const MS_PER_UNIT: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 0.001,
  n: 0.000_001,
};

/** Milliseconds of a header `grpc-timeout` such as "100m" (gRPC over HTTP/2, "Timeout"); NaN when it is none. */
export function parseCallTimeout(value: string): number {
  const [, digits, unit = ""] = /^(\d{1,8})([HMSmun])$/.exec(value) ?? [];
  return Number(digits) * (MS_PER_UNIT[unit] ?? Number.NaN);
}

/** The header `grpc-timeout` for whole milliseconds, at most 99,999,999. */
export function encodeCallTimeout(ms: number): string {
  return `${ms}m`;
}
