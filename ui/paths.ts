/** What an address of the UI shows. */
export type Route =
  | { readonly page: "live"; readonly anomalyId: string | undefined }
  | { readonly page: "tail" }
  | { readonly page: "label" }
  | { readonly page: "services" }
  | { readonly page: "training" }
  | { readonly page: "unknown" };

/** The addresses of the UI, the only place that knows how they are spelt. */
export const paths = {
  live: "/",
  anomaly: (id: string) => `/anomalies/${encodeURIComponent(id)}`,
  tail: "/tail",
  label: "/label",
  services: "/services",
  training: "/training",
} as const;

const pages = ["tail", "label", "services", "training"] as const;

/**
 * Reads an address's path.
 *
 * Example: "/anomalies/01JA" -> { page: "live", anomalyId: "01JA" }
 */
export function matchRoute(pathname: string): Route {
  const path = pathname.replace(/\/+$/, "") || "/";
  if (path === paths.live || path === "/anomalies") return { page: "live", anomalyId: undefined };
  const page = pages.find((name) => paths[name] === path);
  if (page !== undefined) return { page };
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
