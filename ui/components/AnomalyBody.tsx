import { visibleText } from "../format/visible-text.ts";
import { CopyButton } from "../ui/CopyButton.tsx";
import type { AnomalyData } from "./anomaly-query.ts";
import { highlight } from "./highlight.ts";

interface AnomalyBodyProps {
  readonly body: string;
  readonly tokens: AnomalyData["explanation"]["tokens"];
}

/** The record's text as it was stored (redacted), with the tokens that mattered most pointed out. */
export function AnomalyBody({ body, tokens }: AnomalyBodyProps) {
  return (
    <section className="detail-section">
      <header className="section-header">
        <h2>Body</h2>
        <CopyButton text={body} what="the body" />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className="body" tabIndex={0}>
        <bdi>
          {highlight(body, tokens).map((piece) =>
            piece.weight === undefined ? (
              visibleText(piece.text)
            ) : (
              <mark key={piece.start} className={piece.weight >= 0.5 ? "is-strong" : ""}>
                {visibleText(piece.text)}
              </mark>
            ),
          )}
        </bdi>
      </pre>
      {tokens.length === 0 ? null : (
        <p className="body-legend muted">
          <mark className="is-strong">What mattered most</mark> <mark>and what else mattered</mark> for the
          verdict: how much it changes when these words are left out.
        </p>
      )}
    </section>
  );
}
