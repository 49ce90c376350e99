import { formatScore } from "../format/score.ts";
import { formatInstant } from "../format/time.ts";
import { visibleText } from "../format/visible-text.ts";
import { paths } from "../paths.ts";
import { Badge } from "../ui/Badge.tsx";
import { Button } from "../ui/Button.tsx";
import { LogText } from "../ui/LogText.tsx";
import { TemplateText } from "../ui/TemplateText.tsx";
import { Link } from "./Link.tsx";
import { severityTone } from "./severity-tone.ts";
import type { TailRecord } from "./tail-record.ts";

interface TailDetailProps {
  readonly record: TailRecord;
  readonly onClose: () => void;
}

/** The whole of the record that was picked from the tail, below it. */
export function TailDetail({ record, onClose }: TailDetailProps) {
  return (
    <section className="tail-detail" aria-label="Selected record">
      <header>
        <p className="detail-facts">
          <Badge tone={severityTone(record.severity)}>
            <LogText text={record.severity ?? "no severity"} />
          </Badge>
          <strong>
            <LogText text={record.service} />
          </strong>
          <span className="timestamp">{formatInstant(Date.parse(record.time))}</span>
          <span className="muted">{scoreWords(record)}</span>
          {record.anomalyId === null ? null : (
            <Link href={paths.anomaly(record.anomalyId)}>Why it is an anomaly</Link>
          )}
        </p>
        <Button tone="quiet" onClick={onClose} aria-label="Close" aria-keyshortcuts="Escape">
          ✕
        </Button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className="body" tabIndex={0}>
        {visibleText(record.body)}
      </pre>
      <p>
        <TemplateText text={record.template} />
      </p>
    </section>
  );
}

function scoreWords({ score, threshold }: TailRecord): string {
  if (score === null) return "not scored";
  const alerts = threshold === null ? "" : `; alerts from ${formatScore(threshold)}`;
  return `score ${formatScore(score)}${alerts}`;
}
