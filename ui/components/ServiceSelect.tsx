import { visibleText } from "../format/visible-text.ts";
import { useStageStatus } from "./StageStatusProvider.tsx";

interface ServiceSelectProps {
  /** "" is all of them. */
  readonly value: string;
  readonly onChange: (service: string) => void;
  readonly label?: string;
}

/** One service, or all of them. */
export function ServiceSelect({ value, onChange, label = "Service" }: ServiceSelectProps) {
  const { services } = useStageStatus();
  const names = new Set(services?.map(({ name }) => name));
  if (value !== "") names.add(value);
  return (
    <label>
      <span className="visually-hidden">{label}</span>
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">All services</option>
        {[...names].sort().map((name) => (
          <option key={name} value={name}>
            {visibleText(name)}
          </option>
        ))}
      </select>
    </label>
  );
}
