import { useEffect } from "react";
import type { UseQueryExecute } from "urql";

/** Asks a query anew every `everyMs`, and at once when the page is looked at again; never while it is hidden. */
export function usePolling(refetch: UseQueryExecute, everyMs: number): void {
  useEffect(() => {
    const ask = () => {
      if (!document.hidden) refetch({ requestPolicy: "network-only" });
    };
    const timer = setInterval(ask, everyMs);
    document.addEventListener("visibilitychange", ask);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", ask);
    };
  }, [refetch, everyMs]);
}
