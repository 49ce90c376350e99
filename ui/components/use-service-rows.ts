import { useState } from "react";
import {
  inOrder,
  orderedNames,
  pageOf,
  type RowsPage,
  SERVICES_PER_PAGE,
  type ServiceSort,
} from "./service-order.ts";
import type { ServiceData } from "./services-query.ts";

interface RowsOptions {
  readonly services: readonly ServiceData[];
  readonly sort: ServiceSort;
  readonly text: string;
  /** As in the address; null is the first, or the one of the service that is edited. */
  readonly page: string | null;
  readonly editing: string | undefined;
}

/** The rows to show: their order is made when it is asked for, and kept while the figures move. */
export function useServiceRows({ services, sort, text, page, editing }: RowsOptions): RowsPage<ServiceData> {
  const [order, setOrder] = useState<{ readonly sort: ServiceSort; readonly names: readonly string[] }>();
  let names = order?.names;
  if (order?.sort !== sort || (order.names.length === 0 && services.length > 0)) {
    names = orderedNames(services, sort);
    setOrder({ sort, names });
  }
  const rows = inOrder(services, names ?? [], text);
  const edited = rows.findIndex(({ name }) => name === editing);
  const pageOfEdited = edited < 0 ? null : String(Math.floor(edited / SERVICES_PER_PAGE) + 1);
  return pageOf(rows, SERVICES_PER_PAGE, page ?? pageOfEdited);
}
