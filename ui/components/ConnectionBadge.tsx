import { isUnreachable } from "../client.ts";
import { type ConnectionState, useConnection } from "../connection.ts";
import type { Tone } from "../ui/Badge.tsx";
import { StatusDot } from "../ui/StatusDot.tsx";
import { useStageStatus } from "./StageStatusProvider.tsx";

const words: Readonly<
  Record<ConnectionState, { readonly text: string; readonly tone: Tone; readonly title: string }>
> = {
  connecting: { text: "Connecting", tone: "muted", title: "The live connection is being made." },
  live: { text: "Live", tone: "ok", title: "New anomalies appear by themselves." },
  lost: {
    text: "Reconnecting",
    tone: "warning",
    title: "The live connection broke; it is made anew, and what was missed is fetched then.",
  },
};

/** Whether new anomalies arrive by themselves. */
export function ConnectionBadge() {
  const { state } = useConnection();
  // A connection whose other end is gone is noticed last by itself.
  const isAway = isUnreachable(useStageStatus().error);
  const { text, tone, title } = words[state === "live" && isAway ? "lost" : state];
  return (
    <span className="connection" role="status" title={title}>
      <StatusDot tone={tone} isPulsing={tone === "ok"} />
      {text}
    </span>
  );
}
