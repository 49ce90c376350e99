import { Fragment } from "react";
import { useNow } from "../ui/use-now.ts";
import { ServiceRow } from "./ServiceRow.tsx";
import type { ServiceSort } from "./service-order.ts";
import type { ServiceData } from "./services-query.ts";
import { ThresholdEditor } from "./ThresholdEditor.tsx";
import type { TrialDays } from "./trial-period.ts";
import type { Hours } from "./use-sparklines.ts";

const columns = [
  { label: "Service", sort: "name", isNumeric: false },
  { label: "State", sort: undefined, isNumeric: false },
  { label: "Last 24 h", sort: undefined, isNumeric: false },
  { label: "Last record", sort: "seen", isNumeric: false },
  { label: "Records", sort: "records", isNumeric: true },
  { label: "Anomalies", sort: "anomalies", isNumeric: true },
  { label: "Threshold", sort: undefined, isNumeric: false },
] as const;

interface ServiceTableProps {
  readonly services: readonly ServiceData[];
  readonly sparklines: ReadonlyMap<string, Hours>;
  readonly sort: ServiceSort;
  readonly onSort: (sort: ServiceSort) => void;
  /** The service whose threshold is being edited. */
  readonly editing: string | undefined;
  readonly onEdit: (service: string | undefined) => void;
  readonly days: TrialDays;
  readonly onDays: (days: TrialDays) => void;
  readonly onSaved: () => void;
}

/** What each service has sent, what of it was odd, and from which score it alerts. */
export function ServiceTable(props: ServiceTableProps) {
  const { services, sparklines, sort, onSort, editing, onEdit, days, onDays, onSaved } = props;
  const nowMs = useNow();
  return (
    <table className="services">
      <thead>
        <tr>
          {columns.map((column) => (
            <th
              key={column.label}
              scope="col"
              className={`${column.isNumeric ? "is-numeric" : ""} ${column.sort === undefined ? "" : "is-sortable"}`}
              {...(column.sort === sort
                ? { "aria-sort": sort === "name" ? ("ascending" as const) : ("descending" as const) }
                : {})}
            >
              {column.sort === undefined ? (
                column.label
              ) : (
                <SortButton column={column} isCurrent={column.sort === sort} onSort={onSort} />
              )}
            </th>
          ))}
          <th scope="col">
            <span className="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {services.map((service) => {
          const isEditing = service.name === editing;
          return (
            <Fragment key={service.name}>
              <ServiceRow
                service={service}
                hours={sparklines.get(service.name)}
                nowMs={nowMs}
                isEditing={isEditing}
                onEdit={onEdit}
              />
              {isEditing ? (
                <tr className="editor-row">
                  <td colSpan={columns.length + 1}>
                    <ThresholdEditor
                      service={service}
                      days={days}
                      onDays={onDays}
                      onSaved={onSaved}
                      onClose={() => onEdit(undefined)}
                    />
                  </td>
                </tr>
              ) : null}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}

interface SortButtonProps extends Pick<ServiceTableProps, "onSort"> {
  readonly column: { readonly label: string; readonly sort: ServiceSort };
  readonly isCurrent: boolean;
}

function SortButton({ column, isCurrent, onSort }: SortButtonProps) {
  return (
    <button type="button" className="sort-button" onClick={() => onSort(column.sort)}>
      {column.label}
      <span aria-hidden="true">{isCurrent ? (column.sort === "name" ? " ↑" : " ↓") : ""}</span>
    </button>
  );
}
