import { Badge } from "../ui/Badge.tsx";

/** What people said of an anomaly. */
export function VerdictBadge({ isTrueAnomaly }: { readonly isTrueAnomaly: boolean }) {
  return isTrueAnomaly ? <Badge tone="danger">Real</Badge> : <Badge tone="ok">Expected</Badge>;
}
