import { useMutation } from "urql";
import { describeError } from "../client.ts";
import { graphql } from "../graphql.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";

const rollbackMutation = graphql(`
  mutation RollbackModel($from: String!) {
    rollbackModel(from: $from) {
      version
    }
  }
`);

interface RollbackDialogProps {
  readonly isOpen: boolean;
  readonly from: string;
  readonly to: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
  /** Why it was not done may be that other weights are in use by now. */
  readonly onFailed: () => void;
}

/** Asks before other weights judge. */
export function RollbackDialog({ isOpen, from, to, onClose, onDone, onFailed }: RollbackDialogProps) {
  const [{ fetching, error }, rollback] = useMutation(rollbackMutation);
  const confirm = async () => {
    const { data } = await rollback({ from });
    if (data === undefined) onFailed();
    else onDone();
  };
  return (
    <Dialog title="Go back to the weights before?" isOpen={isOpen} onClose={onClose}>
      <div className="dialog-text">
        <p>
          <code>{to}</code> will judge again instead of <code>{from}</code>, within about a second. The
          training that made <code>{from}</code> is marked as rolled back; nothing is deleted.
        </p>
        {error === undefined ? null : <ErrorNotice {...describeError(error)} />}
        <div className="form-actions">
          <Button tone="primary" disabled={fetching} onClick={() => void confirm()}>
            Go back
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </div>
    </Dialog>
  );
}
