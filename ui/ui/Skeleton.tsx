interface SkeletonProps {
  readonly rows: number;
  /** What is being loaded, for screen readers. */
  readonly label: string;
}

const ROWS_MAX = 20;

/** Grey rows where content will be. */
export function Skeleton({ rows, label }: SkeletonProps) {
  const keys = Array.from({ length: Math.min(rows, ROWS_MAX) }, (_, index) => `row-${index}`);
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {keys.map((key) => (
        <span key={key} className="skeleton-row" />
      ))}
    </div>
  );
}
