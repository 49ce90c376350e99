import { useState } from "react";
import { useMutation } from "urql";
import { describeError } from "../client.ts";
import { graphql } from "../graphql.ts";
import { Button } from "../ui/Button.tsx";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
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
  const train = async () => {
    if (open !== undefined || fetching) return;
    const { data } = await start({ service: service === "" ? null : service });
    if (data === undefined) return;
    announce("Training was asked for");
    onStarted();
  };
  return (
    <section className="training-start" aria-label="Train">
      <p>
        Learns from the records that {service === "" ? "all services have" : `${service} has`} sent lately, in
        the background; this takes minutes. The new weights are put in use only if they are better on records
        that were held out, and make no service worse.
      </p>
      <div className="training-start-actions">
        <ServiceSelect label="Learn from" value={service} onChange={setService} />
        <Button
          tone="primary"
          aria-disabled={open !== undefined || fetching}
          onClick={() => void train()}
          {...(open === undefined ? {} : { "aria-describedby": "training-is-open" })}
        >
          Train now
        </Button>
        {open === undefined ? null : (
          <span id="training-is-open" className="muted">
            One at a time: a training of {open.service ?? "all services"} is{" "}
            {open.state === "QUEUED" ? "waiting" : "under way"}.
          </span>
        )}
      </div>
      {error === undefined ? null : <ErrorNotice {...describeError(error)} />}
    </section>
  );
}
