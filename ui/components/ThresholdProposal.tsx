import { useMutation } from "urql";
import { describeError } from "../client.ts";
import { formatScore } from "../format/score.ts";
import { graphql } from "../graphql.ts";
import { Button } from "../ui/Button.tsx";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
import { READ_ONLY, useCanWrite } from "./ReadOnlyNote.tsx";
import { RocCurve } from "./RocCurve.tsx";

const computeThresholdMutation = graphql(`
  mutation ComputeThreshold($service: String!) {
    computeThreshold(service: $service) {
      value
      message
      points {
        threshold
        truePositiveRate
        falsePositiveRate
      }
    }
  }
`);

interface ThresholdProposalProps {
  readonly service: string;
  readonly onUse: (value: number) => void;
}

/** Asks which threshold best parts what people called real from what they called expected (Youden's J). */
export function ThresholdProposal({ service, onUse }: ThresholdProposalProps) {
  const [{ data, error, fetching }, compute] = useMutation(computeThresholdMutation);
  const canWrite = useCanWrite();
  const proposal = data?.computeThreshold;
  const value = proposal?.value ?? undefined;
  return (
    <div className="proposal">
      <Button
        disabled={fetching || !canWrite}
        title={canWrite ? undefined : READ_ONLY}
        onClick={() => void compute({ service })}
      >
        Propose from feedback
      </Button>
      <div aria-live="polite" className="proposal-answer">
        {error === undefined ? null : <ErrorNotice {...describeError(error)} />}
        {proposal === undefined ? null : <p>{proposal.message}</p>}
        {value === undefined ? null : <Button onClick={() => onUse(value)}>Try {formatScore(value)}</Button>}
      </div>
      {proposal === undefined || proposal.points.length === 0 ? null : (
        <RocCurve points={proposal.points} chosen={value} />
      )}
    </div>
  );
}
