import { useMemo } from "react";
import { useQuery } from "urql";
import { graphql, type ResultOf } from "../graphql.ts";
import { useDebounced } from "../ui/use-debounced.ts";

const DRAG_MS = 120;
const DAY_MS = 86_400_000;

/** Days of stored scores that a threshold is tried on. */
export const BACKTEST_DAYS = 7;

const previewQuery = graphql(`
  query ThresholdPreview($service: String!, $value: Float!, $from: DateTime!, $to: DateTime!) {
    thresholdPreview(service: $service, value: $value, from: $from, to: $to) {
      alerts
      alertsPerDay
      precision
      recall
      missed {
        id
        score
        explanation {
          summary
        }
      }
    }
  }
`);

/** What a threshold would have done on the stored scores. */
export type ThresholdPreviewData = ResultOf<typeof previewQuery>["thresholdPreview"];

/** Asks what a threshold would have done, once the value has stood still for a moment. */
export function useThresholdPreview(service: string, value: number) {
  const settled = useDebounced(value, DRAG_MS);
  const period = useMemo(() => {
    const to = Date.now();
    return { from: new Date(to - BACKTEST_DAYS * DAY_MS).toISOString(), to: new Date(to).toISOString() };
  }, []);
  const [{ data, error, fetching }] = useQuery({
    query: previewQuery,
    variables: { service, value: settled, ...period },
  });
  return { preview: data?.thresholdPreview, error, isPending: fetching || settled !== value, period };
}
