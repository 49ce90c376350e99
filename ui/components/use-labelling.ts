import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import { useClient } from "urql";
import { describeError, type UserError } from "../client.ts";
import type { Said } from "./give-verdict.ts";
import { type LabellingItem, labellingQueueQuery } from "./labelling-query.ts";
import {
  advance,
  type LabelDecision,
  type LabellingEvent,
  type LabellingSession,
  startSession,
} from "./labelling-session.ts";
import { useReconnected } from "./use-reconnected.ts";
import { useVerdicts } from "./use-verdicts.ts";

/** Cards that are fetched at once, and how many are left when the next ones are. */
const PAGE_ITEMS = 20;
const REFILL_BELOW = 8;
/** The most that the API gives. */
const ITEMS_MAX = 100;
/** An empty or failed queue is asked for again. */
const RETRY_MS = 10_000;

/** The session, and what can be done. */
export interface Labelling extends LabellingSession<LabellingItem> {
  readonly unlabelled: number | undefined;
  /** Why there are no cards. */
  readonly loadError: UserError | undefined;
  /** Why the last label was not stored: its card is still there. */
  readonly labelError: UserError | undefined;
  readonly isPending: boolean;
  /** Says it of the card; resolves to whether it was stored. */
  label(isTrueAnomaly: boolean): Promise<boolean>;
  skip(): void;
  /** Takes the last step back; resolves to what it was, undefined where there was none or it failed. */
  takeBack(): Promise<LabelDecision | undefined>;
  bringBackSkipped(): void;
  retry(): void;
}

/** Cards to label, of one service or of all ("" is all), fetched before they are needed. */
export function useLabelling(service: string): Labelling {
  const [session, dispatch] = useReducer(advanceItems, undefined, startSession<LabellingItem>);
  const verdicts = useVerdicts();
  // Cards are of records that nobody had judged when they were fetched; what was said since is known from trying.
  const [shown, setShown] = useState<readonly Said[]>([]);
  const { queue, steps } = session;
  const { unlabelled, loadError, load } = useQueue(service, session, dispatch);
  const { isPending } = verdicts;
  const [current] = queue;

  return {
    ...session,
    unlabelled,
    loadError,
    labelError: verdicts.error,
    isPending,
    async label(isTrueAnomaly) {
      if (isPending || current === undefined) return false;
      const { id } = current.anomaly;
      const outcome = await verdicts.give({ kind: "anomaly", id, shown }, isTrueAnomaly);
      if (outcome?.isDone !== true) {
        setShown(outcome?.said ?? []);
        return false;
      }
      const decision = isTrueAnomaly ? "real" : "expected";
      const [given] = outcome.given;
      dispatch({ kind: "decided", step: { item: current, decision, feedbackId: given?.id } });
      return true;
    },
    skip() {
      if (isPending || current === undefined) return;
      verdicts.forgetError();
      dispatch({ kind: "decided", step: { item: current, decision: "skipped", feedbackId: undefined } });
    },
    async takeBack() {
      const last = steps.at(-1);
      if (isPending || last === undefined) return undefined;
      if (last.feedbackId !== undefined && !(await verdicts.takeBackWord(last.feedbackId))) return undefined;
      dispatch({ kind: "taken-back", id: last.item.anomaly.id });
      return last.decision;
    },
    bringBackSkipped: () => dispatch({ kind: "skips-forgotten" }),
    retry: load,
  };
}

const advanceItems = (session: LabellingSession<LabellingItem>, event: LabellingEvent<LabellingItem>) =>
  advance(session, event);

/** Keeps the queue filled: before it runs out, after a lost connection, and again and again while it is empty. */
function useQueue(
  service: string,
  { queue, steps, isLoaded }: LabellingSession<LabellingItem>,
  dispatch: (event: LabellingEvent<LabellingItem>) => void,
) {
  const client = useClient();
  const [unlabelled, setUnlabelled] = useState<number>();
  const [loadError, setLoadError] = useState<UserError>();
  const isAsking = useRef(false);
  // The API does not know what was passed over: it would answer nothing else.
  const skipped = steps.filter(({ decision }) => decision === "skipped").length;
  const first = Math.min(ITEMS_MAX, PAGE_ITEMS + skipped);

  const load = useCallback(async () => {
    if (isAsking.current) return;
    isAsking.current = true;
    const variables = { service: service === "" ? null : service, first };
    const { data, error } = await client.query(labellingQueueQuery, variables).toPromise();
    isAsking.current = false;
    setLoadError(error === undefined ? undefined : describeError(error));
    if (data === undefined) return;
    setUnlabelled(data.labellingQueue.progress.unlabelled);
    dispatch({ kind: "fetched", items: data.labellingQueue.items });
  }, [client, service, first, dispatch]);

  const decided = steps.length;
  const isLow = queue.length < REFILL_BELOW;
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each decision a low queue is filled up
  useEffect(() => {
    if (isLow) void load();
  }, [isLow, decided, load]);
  useReconnected(() => void load());

  const isWaiting = queue.length === 0 && (isLoaded || loadError !== undefined);
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setInterval(() => void load(), RETRY_MS);
    return () => clearInterval(timer);
  }, [isWaiting, load]);

  return { unlabelled, loadError, load: () => void load() };
}
