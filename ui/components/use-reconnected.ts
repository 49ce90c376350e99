import { useEffect, useRef } from "react";
import { useConnection } from "../connection.ts";

/** Calls `onBack` each time that the live connection is made anew: what failed meanwhile can be asked again. */
export function useReconnected(onBack: () => void): void {
  const { connects } = useConnection();
  const seen = useRef(connects);
  const latest = useRef(onBack);
  useEffect(() => {
    latest.current = onBack;
  });
  useEffect(() => {
    if (connects === seen.current) return;
    const isFirst = seen.current === 0;
    seen.current = connects;
    if (!isFirst) latest.current();
  }, [connects]);
}
