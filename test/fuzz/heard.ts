/** What a sender hears of a request. */
export type Heard =
  | { readonly kind: "http"; readonly status: number; readonly retryAfter: boolean }
  | { readonly kind: "grpc"; readonly httpStatus: number; readonly code: number; readonly details: string }
  /** The connection or stream ended without an answer. */
  | { readonly kind: "closed"; readonly reason: string };

/** Whether the request was acknowledged. */
export function isSuccess(heard: Heard): boolean {
  if (heard.kind === "http") return heard.status >= 200 && heard.status < 300;
  return heard.kind === "grpc" && heard.code === 0;
}
