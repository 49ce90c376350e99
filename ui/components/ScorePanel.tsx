import { useEffect, useMemo, useState } from "react";
import { useQuery } from "urql";
import { describeError } from "../client.ts";
import { formatCount, formatNoun } from "../format/count.ts";
import { formatScore } from "../format/score.ts";
import { formatClock } from "../format/time.ts";
import { visibleText } from "../format/visible-text.ts";
import { graphql } from "../graphql.ts";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
import { LogText } from "../ui/LogText.tsx";
import { Segmented } from "../ui/Segmented.tsx";
import { type ChartPoint, TimeChart } from "../ui/TimeChart.tsx";
import { useNow } from "../ui/use-now.ts";

const HOUR_MS = 3_600_000;
const REFRESH_MS = 15_000;
const BUCKETS = 60;

const ranges = {
  "1h": { label: "1 h", words: "the last hour", lengthMs: HOUR_MS },
  "6h": { label: "6 h", words: "the last 6 hours", lengthMs: 6 * HOUR_MS },
  "24h": { label: "24 h", words: "the last 24 hours", lengthMs: 24 * HOUR_MS },
  "7d": { label: "7 d", words: "the last 7 days", lengthMs: 7 * 24 * HOUR_MS },
} as const;

/** How far back the chart looks. */
export type ChartRange = keyof typeof ranges;

const rangeOptions = [
  { value: "1h", label: ranges["1h"].label },
  { value: "6h", label: ranges["6h"].label },
  { value: "24h", label: ranges["24h"].label },
  { value: "7d", label: ranges["7d"].label },
] as const;

/** Reads a range from the address; what it does not know is an hour. */
export function toChartRange(text: string | null): ChartRange {
  return rangeOptions.find(({ value }) => value === text)?.value ?? "1h";
}

const scoreSeriesQuery = graphql(`
  query ScoreSeries($service: String, $from: DateTime!, $to: DateTime!, $buckets: Int!) {
    scoreSeries(service: $service, from: $from, to: $to, buckets: $buckets) {
      from
      records
      anomalies
      maxScore
    }
  }
`);

interface ScorePanelProps {
  readonly service: string;
  readonly range: ChartRange;
  readonly onRange: (range: ChartRange) => void;
}

/** Records and the highest score over time, of one service or of all. */
export function ScorePanel({ service, range, onRange }: ScorePanelProps) {
  const { points, error } = useSeries(service, range);
  const [hovered, setHovered] = useState<ChartPoint>();
  const summary = summarise(points ?? [], service, range);
  return (
    <section className="score-panel" aria-label="Records and scores over time">
      <header>
        <h2>
          <LogText text={service === "" ? "All services" : service} />
        </h2>
        <p className="chart-readout">{hovered === undefined ? summary.short : describe(hovered)}</p>
        <ul className="chart-key">
          <li className="key-records">records</li>
          <li className="key-score">highest score</li>
          <li className="key-anomalies">anomalies</li>
        </ul>
        <Segmented label="Time range" options={rangeOptions} value={range} onChange={onRange} />
      </header>
      {error === undefined ? (
        <TimeChart points={points ?? []} summary={summary.long} onHover={setHovered} />
      ) : (
        <ErrorNotice {...describeError(error)} />
      )}
    </section>
  );
}

function useSeries(service: string, range: ChartRange) {
  const bucketMs = ranges[range].lengthMs / BUCKETS;
  const nowMs = useNow(REFRESH_MS);
  // Whole buckets: a bar keeps its place and its height while the window moves on.
  const toMs = Math.ceil(nowMs / bucketMs) * bucketMs;
  const [{ data, error }, refetch] = useQuery({
    query: scoreSeriesQuery,
    variables: {
      service: service === "" ? null : service,
      from: new Date(toMs - ranges[range].lengthMs).toISOString(),
      to: new Date(toMs).toISOString(),
      buckets: BUCKETS,
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the newest bucket fills while its address stays the same
  useEffect(() => refetch({ requestPolicy: "network-only" }), [nowMs, refetch]);
  const series = data?.scoreSeries;
  const points = useMemo(
    () =>
      series?.map((bucket) => ({
        timeMs: Date.parse(bucket.from),
        records: bucket.records,
        anomalies: bucket.anomalies,
        maxScore: bucket.records === 0 ? undefined : (bucket.maxScore ?? undefined),
      })),
    [series],
  );
  return { points, error };
}

function summarise(points: readonly ChartPoint[], service: string, range: ChartRange) {
  const records = points.reduce((sum, point) => sum + point.records, 0);
  const anomalies = points.reduce((sum, point) => sum + point.anomalies, 0);
  const highest = points.reduce((max, point) => Math.max(max, point.maxScore ?? 0), 0);
  const short = `${formatCount(records)} records, ${formatNoun(anomalies, "anomaly", "anomalies")}`;
  return {
    short,
    long: `${service === "" ? "All services" : visibleText(service)}, ${ranges[range].words}: ${short}, highest score ${formatScore(highest)}.`,
  };
}

function describe(point: ChartPoint): string {
  const score =
    point.maxScore === undefined ? "nothing scored" : `highest score ${formatScore(point.maxScore)}`;
  const anomalies = point.anomalies === 0 ? "" : `, ${formatNoun(point.anomalies, "anomaly", "anomalies")}`;
  return `${formatClock(point.timeMs, Date.now())}: ${formatCount(point.records)} records, ${score}${anomalies}`;
}
