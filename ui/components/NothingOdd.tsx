import type { ReactNode } from "react";
import { formatCount, formatNoun } from "../format/count.ts";
import { Button } from "../ui/Button.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { useStageStatus } from "./StageStatusProvider.tsx";

interface NothingOddProps {
  /** What to offer where there are anomalies, only not in the list that is shown. */
  readonly elsewhere?: ReactNode;
  readonly isFiltered: boolean;
  readonly onClearFilter: () => void;
}

/** Says why there are no anomalies: none match, none yet, or nothing has come in at all. */
export function NothingOdd({ isFiltered, onClearFilter, elsewhere }: NothingOddProps) {
  const { services } = useStageStatus();
  if (isFiltered) {
    return (
      <EmptyState title="No anomaly matches">
        <p>New ones that match appear here by themselves.</p>
        <Button onClick={onClearFilter}>Clear the filter</Button>
      </EmptyState>
    );
  }
  if (services === undefined || services.length === 0) {
    return (
      <EmptyState title="Waiting for the first record">
        <p>
          Send it OTLP logs, to the addresses under <code>receive</code> in its configuration, or try it with{" "}
          <code>npx logbert generate</code>.
        </p>
      </EmptyState>
    );
  }
  const records = services.reduce((sum, service) => sum + service.records, 0);
  const hasSome = services.some((service) => service.anomalies > 0);
  const learning = services.filter((service) => service.learningState === "LEARNING").length;
  return (
    <EmptyState title="Nothing odd so far">
      <p>
        {learning > 0
          ? `Learning: ${formatNoun(learning, "service")}`
          : `Watching ${formatNoun(services.length, "service")}`}
        , {formatCount(records)} records so far.
      </p>
      <p>New anomalies appear here by themselves.</p>
      {hasSome ? elsewhere : null}
    </EmptyState>
  );
}
