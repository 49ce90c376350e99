/** What an address of the UI shows. */
export type Route =
  | { readonly page: "live"; readonly anomalyId: string | undefined }
  | { readonly page: "services" }
  | { readonly page: "unknown" };

/** The addresses of the UI, the only place that knows how they are spelt. */
export const paths = {
  live: "/",
  anomaly: (id: string) => `/anomalies/${encodeURIComponent(id)}`,
  services: "/services",
} as const;

/**
 * Reads an address's path.
 *
 * Example: "/anomalies/01JA" -> { page: "live", anomalyId: "01JA" }
 */
export function matchRoute(pathname: string): Route {
  const path = pathname.replace(/\/+$/, "") || "/";
  if (path === paths.live || path === "/anomalies") return { page: "live", anomalyId: undefined };
  if (path === paths.services) return { page: "services" };
  const anomaly = /^\/anomalies\/([^/]+)$/.exec(path)?.[1];
  return anomaly === undefined ? { page: "unknown" } : { page: "live", anomalyId: decode(anomaly) };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
