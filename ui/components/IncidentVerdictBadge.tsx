import { Badge } from "../ui/Badge.tsx";
import type { IncidentRowData } from "./incident-row.ts";
import { incidentVerdict } from "./incident-words.ts";
import { VerdictBadge } from "./VerdictBadge.tsx";

/** What people said of an incident: of all of it, or of so many of its templates. */
export function IncidentVerdictBadge({ incident }: { readonly incident: IncidentRowData }) {
  const verdict = incidentVerdict(incident);
  if (verdict === undefined) return null;
  if (verdict === "mixed") return <Badge tone="warning">Mixed</Badge>;
  const { isTrueAnomaly, said, templates } = verdict;
  if (said === templates) return <VerdictBadge isTrueAnomaly={isTrueAnomaly} />;
  return (
    <Badge tone={isTrueAnomaly ? "danger" : "ok"} title={`Said of ${said} of its ${templates} templates`}>
      {isTrueAnomaly ? "Real" : "Expected"} {said === 0 ? "in part" : `${said}/${templates}`}
    </Badge>
  );
}
