import { useConnection } from "../connection.ts";
import { formatShare } from "../format/count.ts";
import { StatusDot } from "../ui/StatusDot.tsx";
import type { TailMode } from "./tail-state.ts";
import { tailScale } from "./tail-tone.ts";

const words: Readonly<Record<TailMode, string>> = {
  following: "Following",
  scrolled: "Paused: scrolled away from the end",
  paused: "Paused",
};

interface TailStatusProps {
  readonly mode: TailMode;
  /** Part of the records that is shown; undefined while it is all of them. */
  readonly share: number | undefined;
}

/** Whether the tail goes on, whether it shows everything, and what its colours mean. */
export function TailStatus({ mode, share }: TailStatusProps) {
  const { state } = useConnection();
  return (
    <div className="tail-status">
      <p role="status">
        <StatusDot tone={state === "live" ? (mode === "following" ? "ok" : "warning") : "muted"} />
        {state === "live" ? words[mode] : "Not connected; it goes on by itself"}
      </p>
      <p role="status" className="tail-sample">
        {share === undefined
          ? ""
          : `A sample: about ${formatShare(share)} of the records, anomalies first. All of them are judged.`}
      </p>
      <ul className="tail-key" aria-label="Colours, by how rare a score is">
        {tailScale.map(({ tone, label }) => (
          <li key={tone} className={`tail-${tone}`}>
            <span className="tail-score" aria-hidden="true" />
            {label}
          </li>
        ))}
      </ul>
    </div>
  );
}
