import { useRef, useState } from "react";
import { type Client, useClient } from "urql";
import type { UserError } from "../client.ts";
import { giveVerdict, type Judged, takeBackLast, takeBackWord, type VerdictOutcome } from "./give-verdict.ts";
import { useReconnected } from "./use-reconnected.ts";

/** Saying something of an anomaly or an incident, one thing at a time. */
export interface Verdicts {
  readonly isPending: boolean;
  /** Why the last one was not done; gone with the next that is, and once the API is back. */
  readonly error: UserError | undefined;
  /** Resolves to what came of it; undefined where another one is still under way. */
  give(of: Judged, isTrueAnomaly: boolean, note?: string): Promise<VerdictOutcome | undefined>;
  takeBackLast(of: Judged): Promise<VerdictOutcome | undefined>;
  /** Takes one word back; resolves to whether it is gone. */
  takeBackWord(id: string): Promise<boolean>;
  forgetError(): void;
}

/** The one way in which pages give verdicts and take them back. */
export function useVerdicts(): Verdicts {
  const client = useClient();
  const [isPending, setPending] = useState(false);
  const [error, setError] = useState<UserError>();
  // Two keys may be pressed before the page is drawn anew.
  const isBusy = useRef(false);
  const forgetError = () => setError(undefined);
  useReconnected(forgetError);

  const attempt = async <Outcome>(
    work: (client: Client) => Promise<Outcome>,
    problemOf: (outcome: Outcome) => UserError | undefined,
  ): Promise<Outcome | undefined> => {
    if (isBusy.current) return undefined;
    isBusy.current = true;
    setPending(true);
    const outcome = await work(client);
    isBusy.current = false;
    setPending(false);
    setError(problemOf(outcome));
    return outcome;
  };

  return {
    isPending,
    error,
    give: (of, isTrueAnomaly, note) => attempt((via) => giveVerdict(via, of, isTrueAnomaly, note), problemOf),
    takeBackLast: (of) => attempt((via) => takeBackLast(via, of), problemOf),
    async takeBackWord(id) {
      const outcome = await attempt(
        async (via) => ({ problem: await takeBackWord(via, id) }),
        ({ problem }) => problem,
      );
      return outcome !== undefined && outcome.problem === undefined;
    },
    forgetError,
  };
}

function problemOf({ problem }: VerdictOutcome): UserError | undefined {
  return problem;
}
