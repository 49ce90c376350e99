import { useStageStatus } from "./StageStatusProvider.tsx";

interface ServiceSelectProps {
  /** "" for all. */
  readonly service: string;
  readonly onChange: (service: string) => void;
}

/** One of the services that have sent records, or all. */
export function ServiceSelect({ service, onChange }: ServiceSelectProps) {
  const { services } = useStageStatus();
  const names = new Set(services?.map(({ name }) => name));
  if (service !== "") names.add(service);
  return (
    <label className="service-filter">
      <span className="visually-hidden">Service</span>
      <select value={service} onChange={(event) => onChange(event.target.value)}>
        <option value="">All services</option>
        {[...names].sort().map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
