import { useState } from "react";
import { visibleText } from "../format/visible-text.ts";
import { Button } from "../ui/Button.tsx";
import type { AnomalyData } from "./anomaly-query.ts";
import { highlight } from "./highlight.ts";

const COPIED_MS = 2_000;

interface AnomalyBodyProps {
  readonly body: string;
  readonly tokens: AnomalyData["explanation"]["tokens"];
}

/** The record's text as it was stored (redacted), with the tokens that mattered most pointed out. */
export function AnomalyBody({ body, tokens }: AnomalyBodyProps) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(body);
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_MS);
  };
  return (
    <section className="detail-section">
      <header className="section-header">
        <h2>Body</h2>
        <Button tone="quiet" onClick={() => void copy()}>
          {isCopied ? "Copied" : "Copy"}
        </Button>
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
    </section>
  );
}
