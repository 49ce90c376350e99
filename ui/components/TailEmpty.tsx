import { useConnection } from "../connection.ts";
import { Button } from "../ui/Button.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";

interface TailEmptyProps {
  /** Whether records have come, of which none matches. */
  readonly isFiltered: boolean;
  readonly isPaused: boolean;
  readonly onClearFilter: () => void;
  readonly onResume: () => void;
}

/** Why the tail is empty, and what ends that. */
export function TailEmpty({ isFiltered, isPaused, onClearFilter, onResume }: TailEmptyProps) {
  const { state } = useConnection();
  if (isPaused) {
    return (
      <EmptyState title="Paused">
        <Button onClick={onResume}>Resume</Button>
      </EmptyState>
    );
  }
  if (isFiltered) {
    return (
      <EmptyState title="No record matches yet">
        <p>Those that match appear here as they come.</p>
        <Button onClick={onClearFilter}>Clear the filter</Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState title={state === "live" ? "Waiting for records" : "Connecting"}>
      <p>Records appear here as they come; those from before are not shown.</p>
    </EmptyState>
  );
}
