import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import { useClient } from "urql";
import { useConnection } from "../connection.ts";
import { useStageStatus } from "./StageStatusProvider.tsx";
import { recordsSubscription, type TailRecord } from "./tail-record.ts";
import { type TailCount, tailShare } from "./tail-share.ts";
import {
  emptyTail,
  TAIL_ROWS_MAX,
  type TailEvent,
  type TailFilter,
  type TailState,
  tailReducer,
} from "./tail-state.ts";

/** Polls of the stage's status over which the share of what is shown is reckoned: half a minute. */
const COUNTS_MAX = 6;

/** The tail, what can happen to it, and how much of all it shows. */
export interface Tail extends TailState {
  readonly dispatch: (event: TailEvent) => void;
  /** Part of the records that is shown, 0 to 1; undefined while it is all of them. */
  readonly share: number | undefined;
  /** What the API said against it, undefined while it says nothing. */
  readonly error: unknown;
}

/** Follows the records of a service, or of all; however fast they come, the page changes once a frame. */
export function useTail(filter: TailFilter): Tail {
  const [state, dispatch] = useReducer(tailReducer, filter, emptyTail);
  const received = useRef(0);
  const takeLater = useFrames(
    useCallback((records: readonly TailRecord[]) => dispatch({ kind: "came", records }), []),
  );
  const take = useCallback(
    (record: TailRecord) => {
      received.current += 1;
      takeLater(record);
    },
    [takeLater],
  );
  const error = useRecords(filter.service, take);
  const share = useShare(filter.service, received);

  useEffect(() => dispatch({ kind: "filtered", filter }), [filter]);

  const { state: connection } = useConnection();
  useEffect(() => {
    if (connection === "lost") dispatch({ kind: "lost", atMs: Date.now() });
    if (connection === "live") dispatch({ kind: "restored", atMs: Date.now() });
  }, [connection]);

  return { ...state, dispatch, share, error };
}

function useRecords(service: string, take: (record: TailRecord) => void): unknown {
  const client = useClient();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    const variables = { service: service === "" ? null : service };
    const subscription = client.subscription(recordsSubscription, variables).subscribe((result) => {
      setError(result.error);
      if (result.data !== undefined) take(result.data.records);
    });
    return () => subscription.unsubscribe();
  }, [client, service, take]);
  return error;
}

/** Gathers records until the next frame; a page in the background has no frames, so there until they are many. */
function useFrames(onFrame: (records: readonly TailRecord[]) => void): (record: TailRecord) => void {
  const gathered = useRef<TailRecord[]>([]);
  const frame = useRef<number>(undefined);
  const flush = useCallback(() => {
    if (frame.current !== undefined) cancelAnimationFrame(frame.current);
    frame.current = undefined;
    onFrame(gathered.current.splice(0));
  }, [onFrame]);
  useEffect(
    () => () => {
      if (frame.current !== undefined) cancelAnimationFrame(frame.current);
      frame.current = undefined;
    },
    [],
  );
  return useCallback(
    (record) => {
      gathered.current.push(record);
      if (gathered.current.length >= TAIL_ROWS_MAX) flush();
      else frame.current ??= requestAnimationFrame(flush);
    },
    [flush],
  );
}

/** Holds what came against what the stage has counted, each time that its status is heard. */
function useShare(service: string, received: { readonly current: number }): number | undefined {
  const { services } = useStageStatus();
  const { connects } = useConnection();
  const counts = useRef<readonly TailCount[]>([]);
  const [share, setShare] = useState<number>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another service or a new connection begins anew
  useEffect(() => {
    counts.current = [];
    setShare(undefined);
  }, [service, connects]);
  useEffect(() => {
    if (services === undefined || document.hidden) return;
    const counted = services
      .filter(({ name }) => service === "" || name === service)
      .reduce((sum, { records }) => sum + records, 0);
    counts.current = [...counts.current, { counted, received: received.current }].slice(-COUNTS_MAX);
    setShare(tailShare(counts.current));
  }, [services, service, received]);
  return share;
}
