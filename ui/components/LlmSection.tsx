import { formatAgo, formatInstant } from "../format/time.ts";
import { Badge } from "../ui/Badge.tsx";
import { Button } from "../ui/Button.tsx";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
import { LogText } from "../ui/LogText.tsx";
import type { LlmAnswerData } from "./llm-query.ts";
import { describeLlmFailure } from "./llm-words.ts";
import { ReadOnlyNote, useCanWrite } from "./ReadOnlyNote.tsx";
import { type LlmExplaining, useLlmExplanation } from "./use-llm-explanation.ts";

const NOTE_ID = "llm-read-only";

interface LlmSectionProps {
  /** Of the anomaly. */
  readonly id: string;
  readonly nowMs: number;
}

/** What a language model makes of the anomaly, marked as such; nothing where none is configured. All its words are shown as text. */
export function LlmSection({ id, nowMs }: LlmSectionProps) {
  const explaining = useLlmExplanation(id);
  const { answer, request, error } = explaining;
  if (request === undefined || request.state === "OFF") return null;
  return (
    <section className="detail-section llm" aria-live="polite">
      <header className="section-header">
        <h2>Language model</h2>
        {answer === null || answer === undefined ? null : <Badge tone="accent">May be wrong</Badge>}
      </header>
      {answer === null || answer === undefined ? (
        <Asking explaining={explaining} nowMs={nowMs} />
      ) : (
        <>
          <Answer answer={answer} nowMs={nowMs} />
          {answer.cached ? <Asking explaining={explaining} nowMs={nowMs} /> : null}
        </>
      )}
      {error === undefined ? null : <ErrorNotice {...error} />}
    </section>
  );
}

function Answer({ answer, nowMs }: { readonly answer: LlmAnswerData; readonly nowMs: number }) {
  const { summary, likelyCause, nextStep, model, createdAt, cached, prompt } = answer;
  return (
    <>
      <p>
        <LogText text={summary} />
      </p>
      <dl className="identity">
        <dt>Likely cause</dt>
        <dd>
          <LogText text={likelyCause} />
        </dd>
        <dt>Next step</dt>
        <dd>
          <LogText text={nextStep} />
        </dd>
      </dl>
      <p className="muted llm-origin">
        <LogText text={model} />,{" "}
        <time dateTime={createdAt} title={formatInstant(Date.parse(createdAt))}>
          {formatAgo(Date.parse(createdAt), nowMs)}
        </time>
        {cached ? "; asked about another anomaly of this kind" : ""}
      </p>
      <SentPrompt prompt={prompt} />
    </>
  );
}

interface AskingProps {
  readonly explaining: LlmExplaining;
  readonly nowMs: number;
}

/** Asking about the anomaly, also beside an answer about another one of its kind, and why that failed. */
function Asking({ explaining: { answer, request, isPending, ask }, nowMs }: AskingProps) {
  const canWrite = useCanWrite();
  const failure = isPending ? null : (request?.failure ?? null);
  const isForced = answer !== null && answer !== undefined;
  const firstTime = isForced ? "Ask about this one" : "Explain with the language model";
  return (
    <>
      {failure === null ? null : <p className="muted">{describeLlmFailure(failure, nowMs)}</p>}
      {isPending ? (
        <p className="muted">Asking the language model; this page goes on without it.</p>
      ) : (
        <div className="llm-ask">
          <Button
            disabled={!canWrite}
            {...(canWrite ? {} : { "aria-describedby": NOTE_ID })}
            onClick={() => void ask(isForced)}
          >
            {failure === null ? firstTime : "Ask again"}
          </Button>
          <ReadOnlyNote id={NOTE_ID} />
        </div>
      )}
      {failure === null || failure.prompt === null ? null : <SentPrompt prompt={failure.prompt} />}
    </>
  );
}

function SentPrompt({ prompt }: { readonly prompt: string }) {
  return (
    <details className="llm-prompt">
      <summary>Show the prompt that was sent</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className="body" tabIndex={0}>
        <LogText text={prompt} />
      </pre>
    </details>
  );
}
