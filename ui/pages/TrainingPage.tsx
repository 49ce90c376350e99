import { useState } from "react";
import { useQuery } from "urql";
import { describeError } from "../client.ts";
import { ModelList } from "../components/ModelList.tsx";
import { TrainingRunCard } from "../components/TrainingRunCard.tsx";
import { TrainingStart } from "../components/TrainingStart.tsx";
import { modelsQuery } from "../components/training-query.ts";
import { stateWords } from "../components/training-runs.ts";
import { usePolling } from "../components/use-polling.ts";
import { type TrainingRuns, useTrainingRuns } from "../components/use-training-runs.ts";
import { Button } from "../ui/Button.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { useLastKnown } from "../ui/use-last-known.ts";
import { useNow } from "../ui/use-now.ts";

const POLL_MS = 5_000;
/** Trainings: what is under way, what became of the others, and which weights judge. */
export function TrainingPage() {
  const training = useTrainingRuns();
  const [{ data, error }, refetch] = useQuery({ query: modelsQuery });
  usePolling(refetch, POLL_MS);
  const models = useLastKnown(data?.models);
  const nowMs = useNow();
  const [said, say] = useState("");
  const failure = training.error ?? error;
  const askAgain = () => {
    training.refresh();
    refetch({ requestPolicy: "network-only" });
  };
  const [newest] = training.runs ?? [];
  return (
    <div className="training-page">
      <title>Training · logbert</title>
      <h1>Training</h1>
      {failure === undefined ? null : <ErrorNotice {...describeError(failure)} onRetry={askAgain} />}
      <TrainingStart open={training.open} onStarted={askAgain} announce={say} />
      {models === undefined ? null : (
        <ModelList models={models} nowMs={nowMs} onChanged={askAgain} announce={say} />
      )}
      <Runs training={training} nowMs={nowMs} />
      <p className="visually-hidden" role="status">
        {said}
      </p>
      <p className="visually-hidden" role="status">
        {newest === undefined ? "" : `Newest training: ${stateWords(newest.state).word}`}
      </p>
    </div>
  );
}

interface RunsProps {
  readonly training: TrainingRuns;
  readonly nowMs: number;
}

function Runs({ training, nowMs }: RunsProps) {
  const { runs, error, hasOlder, loadOlder } = training;
  return (
    <section className="training-runs" aria-label="Trainings">
      <h2>Trainings</h2>
      {runs === undefined && error === undefined ? <Skeleton rows={3} label="Loading the trainings" /> : null}
      {runs?.length === 0 ? (
        <EmptyState title="No training yet">
          <p>
            The weights in use are as they came. A training fits them to your logs; it needs at least 200
            recorded events from at least 10 sequences.
          </p>
        </EmptyState>
      ) : null}
      {runs === undefined || runs.length === 0 ? null : (
        <ol>
          {runs.map((run) => (
            <TrainingRunCard key={run.id} run={run} nowMs={nowMs} />
          ))}
        </ol>
      )}
      {hasOlder ? <Button onClick={loadOlder}>Show older trainings</Button> : null}
    </section>
  );
}
