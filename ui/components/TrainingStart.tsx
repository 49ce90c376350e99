import { useState } from "react";
import { useMutation } from "urql";
import { describeError } from "../client.ts";
import { visibleText } from "../format/visible-text.ts";
import { graphql } from "../graphql.ts";
import { Button } from "../ui/Button.tsx";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
import { ReadOnlyNote, useCanWrite } from "./ReadOnlyNote.tsx";
import { ServiceSelect } from "./ServiceSelect.tsx";
import type { TrainingRunData } from "./training-query.ts";

const startTrainingMutation = graphql(`
  mutation StartTraining($service: String) {
    startTraining(service: $service) {
      id
      service
    }
  }
`);

const OPEN_ID = "training-is-open";
const NOTE_ID = "training-read-only";

interface TrainingStartProps {
  /** The run that is waiting or under way: one at a time. */
  readonly open: TrainingRunData | undefined;
  readonly onStarted: () => void;
  readonly announce: (text: string) => void;
}

/** Asks for a training, and says beforehand what that does. */
export function TrainingStart({ open, onStarted, announce }: TrainingStartProps) {
  const [service, setService] = useState("");
  const [{ fetching, error }, start] = useMutation(startTrainingMutation);
  const canWrite = useCanWrite();
  const train = async () => {
    if (open !== undefined || fetching || !canWrite) return;
    const { data } = await start({ service: service === "" ? null : service });
    if (data === undefined) return;
    announce("Training was asked for");
    onStarted();
  };
  return (
    <section className="training-start" aria-label="Train">
      <p>
        Learns from the records that {service === "" ? "all services have" : `${visibleText(service)} has`}{" "}
        sent lately, in the background; this takes minutes. The new weights are put in use only if they are
        better on records that were held out, and make no service worse.
      </p>
      <div className="training-start-actions">
        <ServiceSelect label="Learn from" value={service} onChange={setService} />
        <Button
          tone="primary"
          aria-disabled={open !== undefined || fetching || !canWrite}
          onClick={() => void train()}
          aria-describedby={canWrite ? (open === undefined ? undefined : OPEN_ID) : NOTE_ID}
        >
          Train now
        </Button>
        {open === undefined ? null : (
          <span id={OPEN_ID} className="muted">
            One at a time: a training of {visibleText(open.service ?? "all services")} is{" "}
            {open.state === "QUEUED" ? "waiting" : "under way"}.
          </span>
        )}
      </div>
      <ReadOnlyNote id={NOTE_ID} />
      {error === undefined ? null : <ErrorNotice {...describeError(error)} />}
    </section>
  );
}
