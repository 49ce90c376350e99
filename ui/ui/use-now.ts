import { useEffect, useState } from "react";

/** How often what is told by the clock ("2 min ago") is told anew. */
const CLOCK_MS = 5_000;

/** The time in milliseconds, renewed every `everyMs`. */
export function useNow(everyMs = CLOCK_MS): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
