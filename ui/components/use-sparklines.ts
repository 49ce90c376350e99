import { useMemo } from "react";
import { useQuery } from "urql";
import { graphql, type ResultOf } from "../graphql.ts";
import { useLastKnown } from "../ui/use-last-known.ts";
import { useNow } from "../ui/use-now.ts";
import { usePolling } from "./use-polling.ts";

const HOUR_MS = 3_600_000;
const HOURS = 24;
const POLL_MS = 60_000;

const sparklinesQuery = graphql(`
  query Sparklines($from: DateTime!, $to: DateTime!, $buckets: Int!) {
    services {
      name
      scores(from: $from, to: $to, buckets: $buckets) {
        records
        anomalies
      }
    }
  }
`);

/** A service's hours, oldest first. */
export type Hours = ResultOf<typeof sparklinesQuery>["services"][number]["scores"];

/** The last 24 hours of every service by its name, in one question; empty until it is answered. */
export function useSparklines(): ReadonlyMap<string, Hours> {
  const nowMs = useNow(POLL_MS);
  // Whole hours: a bar keeps its place and its height while the day moves on.
  const toMs = Math.ceil(nowMs / HOUR_MS) * HOUR_MS;
  const [{ data }, refetch] = useQuery({
    query: sparklinesQuery,
    variables: {
      from: new Date(toMs - HOURS * HOUR_MS).toISOString(),
      to: new Date(toMs).toISOString(),
      buckets: HOURS,
    },
  });
  usePolling(refetch, POLL_MS);
  const services = useLastKnown(data?.services);
  return useMemo(() => new Map(services?.map(({ name, scores }) => [name, scores])), [services]);
}
