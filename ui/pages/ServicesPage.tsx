import { useQuery } from "urql";
import { describeError } from "../client.ts";
import { NothingOdd } from "../components/NothingOdd.tsx";
import { ServiceTable } from "../components/ServiceTable.tsx";
import { servicesQuery } from "../components/services-query.ts";
import { usePolling } from "../components/use-polling.ts";
import { useQueryState } from "../navigation.ts";
import { ErrorNotice } from "../ui/ErrorNotice.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";

const POLL_MS = 10_000;

/** Every service: what it sent, whether it is still learning, and from which score it alerts. */
export function ServicesPage() {
  const [{ data, error, fetching }, refetch] = useQuery({ query: servicesQuery });
  usePolling(refetch, POLL_MS);
  const [query, changeQuery] = useQueryState();
  const askAgain = () => refetch({ requestPolicy: "network-only" });
  const services = data?.services;
  return (
    <div className="services-page">
      <title>Services · logbert</title>
      <h1>Services</h1>
      {error === undefined ? null : <ErrorNotice {...describeError(error)} onRetry={askAgain} />}
      {services === undefined && fetching ? <Skeleton rows={5} label="Loading services" /> : null}
      {services?.length === 0 ? <NothingOdd isFiltered={false} onClearFilter={askAgain} /> : null}
      {services === undefined || services.length === 0 ? null : (
        <ServiceTable
          services={[...services].sort((a, b) => a.name.localeCompare(b.name))}
          editing={query.get("service") ?? undefined}
          onEdit={(service) => changeQuery({ service })}
          onSaved={askAgain}
        />
      )}
    </div>
  );
}
