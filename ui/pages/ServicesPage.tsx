import { useEffect, useState } from "react";
import { useQuery } from "urql";
import { describeError } from "../client.ts";
import { NothingOdd } from "../components/NothingOdd.tsx";
import { ServiceTable } from "../components/ServiceTable.tsx";
import { toServiceSort } from "../components/service-order.ts";
import { type ServiceData, servicesQuery } from "../components/services-query.ts";
import { ruleInWords } from "../components/threshold-words.ts";
import { toTrialDays } from "../components/trial-period.ts";
import { usePolling } from "../components/use-polling.ts";
import { useServiceRows } from "../components/use-service-rows.ts";
import { useSparklines } from "../components/use-sparklines.ts";
import { formatNoun } from "../format/count.ts";
import { formatScore } from "../format/score.ts";
import { visibleText } from "../format/visible-text.ts";
import { useQueryState } from "../navigation.ts";
import { EmptyState } from "../ui/EmptyState.tsx";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
import { Pager } from "../ui/Pager.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { useLastKnown } from "../ui/use-last-known.ts";
import { useTyped } from "../ui/use-typed.ts";

const POLL_MS = 10_000;
/** By then the stage has taken a change, and written down the threshold that follows from it. */
const STAGE_FOLLOWS_MS = 2_000;
/** A search box is worth its place from here on. */
const FILTER_FROM = 10;

/** Every service: what it sent, whether it is still learning, and from which score it alerts. */
export function ServicesPage() {
  const [{ data, error, fetching }, refetch] = useQuery({ query: servicesQuery });
  usePolling(refetch, POLL_MS);
  const askAgain = () => refetch({ requestPolicy: "network-only" });
  const [saves, setSaves] = useState(0);
  useEffect(() => {
    if (saves === 0) return;
    const timer = setTimeout(() => refetch({ requestPolicy: "network-only" }), STAGE_FOLLOWS_MS);
    return () => clearTimeout(timer);
  }, [saves, refetch]);
  // An answer that fails takes nothing from the page, least of all a form that somebody fills in.
  const services = useLastKnown(data?.services);
  return (
    <div className="services-page">
      <title>Services · logbert</title>
      <h1>Services</h1>
      {error === undefined ? null : <ErrorNotice {...describeError(error)} onRetry={askAgain} />}
      {services === undefined && fetching ? <Skeleton rows={5} label="Loading services" /> : null}
      {services?.length === 0 ? <NothingOdd isFiltered={false} onClearFilter={askAgain} /> : null}
      {services === undefined || services.length === 0 ? null : (
        <Services
          services={services}
          onSaved={() => {
            askAgain();
            setSaves((count) => count + 1);
          }}
        />
      )}
    </div>
  );
}

interface ServicesProps {
  readonly services: readonly ServiceData[];
  readonly onSaved: () => void;
}

function Services({ services, onSaved }: ServicesProps) {
  const [query, changeQuery] = useQueryState();
  const sparklines = useSparklines();
  const sort = toServiceSort(query.get("sort"));
  const text = query.get("q") ?? "";
  const editing = query.get("service") ?? undefined;
  const { rows, page, pages } = useServiceRows({ services, sort, text, page: query.get("page"), editing });
  const [saved, setSaved] = useState<string>();
  const isKnown = editing === undefined || services.some(({ name }) => name === editing);
  return (
    <>
      <p className="saved-note" role="status">
        {editing === undefined ? inForceInWords(services.find(({ name }) => name === saved)) : ""}
      </p>
      {services.length < FILTER_FROM && text === "" ? null : (
        <ServiceFilter
          text={text}
          count={services.length}
          onChange={(q) => changeQuery({ q, page: undefined })}
        />
      )}
      {isKnown ? null : (
        <ErrorNotice
          message={`No service named ${visibleText(editing)} has sent a record.`}
          remedy="Choose one below."
        />
      )}
      {rows.length === 0 ? (
        <EmptyState title="No service has this in its name">
          <p>{formatNoun(services.length, "service")} in all.</p>
        </EmptyState>
      ) : (
        <ServiceTable
          services={rows}
          sparklines={sparklines}
          sort={sort}
          onSort={(next) => changeQuery({ sort: next === "name" ? undefined : next, page: undefined })}
          editing={editing}
          onEdit={(service) => changeQuery({ service, page: page === 1 ? undefined : String(page) })}
          days={toTrialDays(query.get("days"))}
          onDays={(days) => changeQuery({ days: days === "30" ? undefined : days })}
          onSaved={() => {
            setSaved(editing);
            onSaved();
          }}
        />
      )}
      <Pager
        label="Pages of services"
        page={page}
        pages={pages}
        onPage={(next) => changeQuery({ page: next === 1 ? undefined : String(next), service: undefined })}
      />
    </>
  );
}

/** What became of a change, which may not be what was tried: a young service cannot keep a small budget. */
function inForceInWords(service: ServiceData | undefined): string {
  if (service === undefined) return "";
  const { name, threshold } = service;
  return `Saved. ${visibleText(name)} alerts from ${formatScore(threshold.value)} now (${ruleInWords(threshold)}).`;
}

interface ServiceFilterProps {
  readonly text: string;
  readonly count: number;
  readonly onChange: (text: string) => void;
}

function ServiceFilter({ text, count, onChange }: ServiceFilterProps) {
  const [typed, setTyped] = useTyped(text, onChange);
  return (
    <search className="services-filter">
      <label>
        <span className="visually-hidden">Part of a service's name</span>
        <input
          type="search"
          value={typed}
          maxLength={200}
          placeholder={`Filter ${formatNoun(count, "service")}`}
          onChange={({ target }) => setTyped(target.value)}
        />
      </label>
    </search>
  );
}
