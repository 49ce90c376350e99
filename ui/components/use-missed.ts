import { useQuery } from "urql";
import { graphql, type ResultOf } from "../graphql.ts";
import { useDebounced } from "../ui/use-debounced.ts";

/** The slider rests before the API is asked. */
const REST_MS = 300;

const missedQuery = graphql(`
  query Missed($service: String!, $value: Float!, $from: DateTime!, $to: DateTime!) {
    thresholdPreview(service: $service, value: $value, from: $from, to: $to) {
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

/** Confirmed anomalies below a threshold, the nearest first. */
export type MissedData = ResultOf<typeof missedQuery>["thresholdPreview"]["missed"];

interface MissedOptions {
  readonly service: string;
  readonly value: number;
  readonly period: { readonly from: string; readonly to: string };
  /** How many there are, as counted here: without any, nobody is asked. */
  readonly count: number;
}

/** Names the confirmed anomalies that a threshold would miss, once it rests; undefined until then. */
export function useMissed({ service, value, period, count }: MissedOptions): MissedData | undefined {
  const settled = useDebounced(value, REST_MS);
  const [{ data, operation }] = useQuery({
    query: missedQuery,
    variables: { service, value: settled, ...period },
    pause: count === 0 || settled !== value,
  });
  const isOfValue = operation?.variables.value === value && operation.variables.from === period.from;
  return count > 0 && isOfValue ? data?.thresholdPreview.missed : undefined;
}
