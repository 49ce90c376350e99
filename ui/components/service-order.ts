/** By what services are ordered, as it is written in the address. */
export type ServiceSort = "name" | "anomalies" | "records" | "seen";

/** What a service is ordered by. */
export interface OrderedService {
  readonly name: string;
  readonly records: number;
  readonly anomalies: number;
  readonly lastSeen: string | null;
}

/** Services on a page of the table. */
export const SERVICES_PER_PAGE = 50;

const sorts: readonly ServiceSort[] = ["name", "anomalies", "records", "seen"];

/** Reads the order from the address; what it does not know is by name. */
export function toServiceSort(text: string | null): ServiceSort {
  return sorts.find((sort) => sort === text) ?? "name";
}

/** Names by a sort: names upwards, everything else from the most or the latest down; equal ones by name. */
export function orderedNames(services: readonly OrderedService[], sort: ServiceSort): readonly string[] {
  return [...services]
    .sort((a, b) => weight(b, sort) - weight(a, sort) || a.name.localeCompare(b.name))
    .map(({ name }) => name);
}

function weight(service: OrderedService, sort: ServiceSort): number {
  switch (sort) {
    case "name":
      return 0;
    case "anomalies":
      return service.anomalies;
    case "records":
      return service.records;
    case "seen":
      return service.lastSeen === null ? 0 : Date.parse(service.lastSeen);
  }
}

/**
 * The services whose name has the text, in an order that was made before: rows keep their places while their figures
 * grow. Those that the order does not know come last.
 */
export function inOrder<Service extends OrderedService>(
  services: readonly Service[],
  order: readonly string[],
  text: string,
): readonly Service[] {
  const places = new Map(order.map((name, place) => [name, place]));
  const place = ({ name }: Service) => places.get(name) ?? order.length;
  const wanted = text.trim().toLowerCase();
  return services
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .sort((a, b) => place(a) - place(b) || a.name.localeCompare(b.name));
}

/** A page of rows, from 1; one that does not exist is the nearest that does. */
export interface RowsPage<Row> {
  readonly rows: readonly Row[];
  readonly page: number;
  readonly pages: number;
}

/** Cuts rows into pages. Example: 120 rows in pages of 50, page "3" -> the last 20, page 3 of 3 */
export function pageOf<Row>(rows: readonly Row[], size: number, text: string | null): RowsPage<Row> {
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const asked = Number(text ?? "1");
  const page = Number.isInteger(asked) ? Math.min(pages, Math.max(1, asked)) : 1;
  return { rows: rows.slice((page - 1) * size, page * size), page, pages };
}
