import { type ConnectionState, useConnection } from "../connection.ts";
import type { Tone } from "../ui/Badge.tsx";
import { StatusDot } from "../ui/StatusDot.tsx";

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
  const { text, tone, title } = words[useConnection().state];
  return (
    <span className="connection" role="status" title={title}>
      <StatusDot tone={tone} isPulsing={tone === "ok"} />
      {text}
    </span>
  );
}
