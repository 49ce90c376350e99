import { useMemo } from "react";
import { useQuery } from "urql";
import { type ScoreDistributionData, scoreDistributionQuery } from "./score-distribution-query.ts";
import { type TrialDays, trialPeriod } from "./trial-period.ts";
import { useReconnected } from "./use-reconnected.ts";

/** A service's stored scores: asked for once a period, and again only after a failure. */
export interface StoredScores {
  /** undefined until those of this period are there. */
  readonly distribution: ScoreDistributionData | undefined;
  readonly error: unknown;
  readonly period: { readonly from: string; readonly to: string };
  refetch(): void;
}

/** Fetches the scores of the days before this moment. */
export function useScoreDistribution(service: string, days: TrialDays): StoredScores {
  const period = useMemo(() => trialPeriod(days, Date.now()), [days]);
  const [{ data, error, fetching, operation }, ask] = useQuery({
    query: scoreDistributionQuery,
    variables: { service, ...period },
  });
  const refetch = () => ask({ requestPolicy: "network-only" });
  useReconnected(() => {
    if (data === undefined) refetch();
  });
  const isOfPeriod = operation?.variables.from === period.from && operation.variables.service === service;
  return {
    distribution: isOfPeriod ? data?.scoreDistribution : undefined,
    error: fetching ? undefined : error,
    period,
    refetch,
  };
}
