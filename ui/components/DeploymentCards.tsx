import { useState } from "react";
import { type CombinedError, useQuery } from "urql";
import { describeError } from "../client.ts";
import { formatCount } from "../format/count.ts";
import { useQueryString } from "../navigation.ts";
import { paths } from "../paths.ts";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { TemplateText } from "../ui/TemplateText.tsx";
import { Timestamp } from "../ui/Timestamp.tsx";
import { useLastKnown } from "../ui/use-last-known.ts";
import { useNow } from "../ui/use-now.ts";
import { deploymentTitle, shownDeployments } from "./deployment-words.ts";
import { type DeploymentData, deploymentsQuery, type NewMessageData } from "./deployments-query.ts";
import { Link } from "./Link.tsx";
import { usePolling } from "./use-polling.ts";

const POLL_MS = 10_000;

/** What new releases have brought and nobody was alerted of: one card for each, which opens to the list. */
export function DeploymentCards({ service }: { readonly service: string }) {
  const [openId, setOpenId] = useState<string>();
  const nowMs = useNow();
  const [{ data, error }, refetch] = useQuery({
    query: deploymentsQuery,
    variables: { service: service || null, withMessages: openId !== undefined },
  });
  usePolling(refetch, POLL_MS);
  // Opening one closes the one before, which then tells that it was closed.
  const toggle = (id: string, isOpen: boolean) =>
    setOpenId((known) => (isOpen ? id : known === id ? undefined : known));
  const known = useLastKnown(data?.deployments.nodes);
  const shown = shownDeployments(known ?? [], nowMs);
  if (error !== undefined && known === undefined) return <ErrorNotice {...describeError(error)} />;
  if (shown.length === 0) return null;
  return (
    <section className="deployments" aria-label="Deployments">
      {shown.map((deployment) => (
        <details
          key={deployment.id}
          className="deployment"
          open={deployment.id === openId}
          onToggle={({ currentTarget }) => toggle(deployment.id, currentTarget.open)}
        >
          <summary>{deploymentTitle(deployment)}</summary>
          {deployment.id === openId ? <Brought deployment={deployment} error={error} nowMs={nowMs} /> : null}
        </details>
      ))}
    </section>
  );
}

interface BroughtProps {
  readonly deployment: DeploymentData;
  /** Of the last try to read what it brought. */
  readonly error: CombinedError | undefined;
  readonly nowMs: number;
}

function Brought({ deployment, error, nowMs }: BroughtProps) {
  const { startedAt, learnsUntil, newMessages } = deployment;
  const isLearning = nowMs < Date.parse(learnsUntil);
  return (
    <>
      <p className="muted">
        Since <Timestamp iso={startedAt} nowMs={nowMs} />. {isLearning ? "Until " : "Until then, "}
        <Timestamp iso={learnsUntil} nowMs={nowMs} /> messages below WARN that it brings{" "}
        {isLearning ? "do" : "did"} not alert, nor {isLearning ? "does" : "did"} what comes right after one
        that was seen fewer than ten times.
      </p>
      {newMessages === undefined ? <Awaited error={error} /> : null}
      <ul className="new-messages" aria-label="New messages">
        {(newMessages ?? []).map((message) => (
          <NewMessage key={message.templateId} message={message} />
        ))}
      </ul>
    </>
  );
}

function Awaited({ error }: Pick<BroughtProps, "error">) {
  if (error !== undefined) return <ErrorNotice {...describeError(error)} />;
  return <Skeleton rows={3} label="Loading new messages" />;
}

/** Its example opens where any anomaly does, to be looked at and judged. */
function NewMessage({ message }: { readonly message: NewMessageData }) {
  const queryString = useQueryString();
  const { template, severity, count, example } = message;
  return (
    <li>
      <span className="number">{formatCount(count)}×</span>
      <span className="muted">{severity ?? ""}</span>
      {example === null ? (
        <TemplateText text={template} />
      ) : (
        <Link href={paths.anomaly(example.id) + queryString}>
          <TemplateText text={template} />
        </Link>
      )}
    </li>
  );
}
