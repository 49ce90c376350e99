import { useState } from "react";

/** A value as it last was while it is undefined: what was shown stays when a later question fails. */
export function useLastKnown<Value>(value: Value | undefined): Value | undefined {
  const [known, setKnown] = useState(value);
  if (value !== undefined && value !== known) setKnown(value);
  return value ?? known;
}
