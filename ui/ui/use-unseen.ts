import { useEffect, useRef, useState } from "react";

/** How much a growing count has grown since the page was last looked at; 0 while somebody looks. */
export function useUnseen(count: number): number {
  const [isHidden, setHidden] = useState(document.hidden);
  const seen = useRef(count);
  useEffect(() => {
    const onChange = () => setHidden(document.hidden);
    document.addEventListener("visibilitychange", onChange);
    return () => document.removeEventListener("visibilitychange", onChange);
  }, []);
  useEffect(() => {
    if (!isHidden) seen.current = count;
  }, [isHidden, count]);
  return isHidden ? Math.max(0, count - seen.current) : 0;
}
