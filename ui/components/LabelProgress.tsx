import { useEffect, useRef } from "react";
import { useQuery } from "urql";
import { formatCount } from "../format/count.ts";
import { visibleText } from "../format/visible-text.ts";
import { paths } from "../paths.ts";
import { Bar } from "../ui/Bar.tsx";
import { LogText } from "../ui/LogText.tsx";
import { useLastKnown } from "../ui/use-last-known.ts";
import { Link } from "./Link.tsx";
import { isEnough, labellingProgressQuery, missingInWords } from "./labelling-progress.ts";

interface LabelProgressProps {
  readonly service: string;
  /** Labels given on this page: each one makes the count anew. */
  readonly labels: number;
}

/** How far a service is from a proposed threshold. */
export function LabelProgress({ service, labels }: LabelProgressProps) {
  const [{ data }, refetch] = useQuery({ query: labellingProgressQuery, variables: { service } });
  const counted = useRef(labels);
  useEffect(() => {
    if (labels === counted.current) return;
    counted.current = labels;
    refetch({ requestPolicy: "network-only" });
  }, [labels, refetch]);
  const progress = useLastKnown(data?.labellingQueue.progress);
  if (progress === undefined) return null;
  const { confirmed, expected, confirmedNeeded, expectedNeeded } = progress;
  const figures = [
    { label: "real", count: confirmed, needed: confirmedNeeded, tone: "danger" as const },
    { label: "expected", count: expected, needed: expectedNeeded, tone: "ok" as const },
  ];
  return (
    <section className="label-progress" aria-label={`Labels of ${visibleText(service)}`}>
      <h2>
        Labels of <LogText text={service} />
      </h2>
      <ul>
        {figures.map(({ label, count, needed, tone }) => (
          <li key={label}>
            <span>
              <strong className="number">{formatCount(count)}</strong> of {needed} {label}
            </span>
            <Bar share={count / needed} tone={tone} />
          </li>
        ))}
      </ul>
      <p className="muted">
        {isEnough(progress) ? (
          <>
            Enough for a proposal:{" "}
            <Link href={`${paths.services}?${new URLSearchParams({ service })}`}>see the threshold</Link>
          </>
        ) : (
          `${missingInWords(progress)} for a proposed threshold`
        )}
      </p>
    </section>
  );
}
