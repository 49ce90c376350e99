import { formatNoun } from "../format/count.ts";
import { paths } from "../paths.ts";
import { Button } from "../ui/Button.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Link } from "./Link.tsx";

interface NothingToLabelProps {
  readonly skipped: number;
  readonly hasLabelled: boolean;
  readonly onBringBack: () => void;
}

/** Says why there is no card, and what to do. */
export function NothingToLabel({ skipped, hasLabelled, onBringBack }: NothingToLabelProps) {
  if (skipped > 0)
    return (
      <EmptyState title="Everything else is labelled">
        <p>{formatNoun(skipped, "record")} skipped.</p>
        <Button onClick={onBringBack}>Go through the skipped ones</Button>
      </EmptyState>
    );
  return (
    <EmptyState title={hasLabelled ? "All labelled" : "Nothing to label"}>
      <p>
        Anomalies, and a sample of records below the threshold, appear here by themselves. What was labelled
        teaches where the threshold should lie:{" "}
        <Link href={paths.services}>see the proposals of the services</Link>.
      </p>
    </EmptyState>
  );
}
