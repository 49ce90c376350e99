import { changedQuery } from "../navigation.ts";
import { paths } from "../paths.ts";
import { CopyButton } from "../ui/CopyButton.tsx";
import { TemplateText } from "../ui/TemplateText.tsx";
import type { AnomalyData } from "./anomaly-query.ts";
import { Link } from "./Link.tsx";

/** What the record is known by, and where more of it is to be seen. */
export function RecordFacts({ anomaly }: { readonly anomaly: AnomalyData }) {
  const { traceId } = anomaly;
  return (
    <section className="detail-section">
      <h2>Record</h2>
      <dl className="identity">
        <dt>Template</dt>
        <dd>
          <TemplateText text={anomaly.template} />{" "}
          {anomaly.templateId === "" ? null : (
            <Link href={listOf({ template: anomaly.templateId })}>Other anomalies of this template</Link>
          )}
        </dd>
        <dt>Trace</dt>
        <dd>
          {traceId === null ? (
            <span className="muted">none</span>
          ) : (
            <>
              <code>{traceId}</code> <CopyButton text={traceId} what="the trace id" />{" "}
              <Link href={listOf({ trace: traceId })}>Anomalies of this trace</Link>
            </>
          )}
        </dd>
        {anomaly.links.length === 0 ? null : (
          <>
            <dt>Elsewhere</dt>
            <dd>
              <OutLinks links={anomaly.links} />
            </dd>
          </>
        )}
        <dt>Id</dt>
        <dd>
          <code>{anomaly.id}</code>{" "}
          <CopyButton text={permalink(anomaly.id)} what="of this anomaly">
            Copy link
          </CopyButton>
        </dd>
      </dl>
    </section>
  );
}

/** They lead to other programs, which need not know where one comes from. */
function OutLinks({ links }: { readonly links: AnomalyData["links"] }) {
  return (
    <ul className="out-links">
      {links.map(({ name, url }) => (
        <li key={name}>
          <a href={url} target="_blank" rel="noreferrer">
            {name}
            <span aria-hidden="true"> ↗</span>
            <span className="visually-hidden"> (new tab)</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

/** Without the list's filter: whoever gets it has a list of their own. */
function permalink(id: string): string {
  return window.location.origin + paths.anomaly(id);
}

/** Every anomaly that the filter lets through, without what the list was narrowed to before. */
function listOf(filter: Record<string, string>): string {
  return paths.live + changedQuery("", { ...filter, view: "anomalies" });
}
