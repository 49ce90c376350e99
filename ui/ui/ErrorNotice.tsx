import { Button } from "./Button.tsx";

interface ErrorNoticeProps {
  readonly message: string;
  readonly remedy: string;
  readonly onRetry?: (() => void) | undefined;
}

/** What went wrong and what helps, read out at once. */
export function ErrorNotice({ message, remedy, onRetry }: ErrorNoticeProps) {
  return (
    <div className="notice tone-danger" role="alert">
      <p>
        <strong>{message}</strong> {remedy}
      </p>
      {onRetry === undefined ? null : <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}
