import { createContext, type ReactNode, useContext } from "react";
import { useQuery } from "urql";
import { graphql, type ResultOf } from "../graphql.ts";
import { useLastKnown } from "../ui/use-last-known.ts";
import { usePolling } from "./use-polling.ts";
import { useReconnected } from "./use-reconnected.ts";

const POLL_MS = 5_000;

const stageStatusQuery = graphql(`
  query StageStatus {
    status {
      version
      model
      recordsPerSecond
      forwardState
      scoring
      unscoredRatio
      degradedRatio
      canary {
        state
        recallRatio
      }
      stages {
        instance
        isRunning
      }
    }
    services {
      name
      records
      anomalies
      learningState
    }
    viewer {
      name
      canWrite
    }
  }
`);

/** What the stage says of itself; everything is undefined until its first answer. */
export interface StageStatus {
  readonly status: ResultOf<typeof stageStatusQuery>["status"] | undefined;
  readonly services: ResultOf<typeof stageStatusQuery>["services"] | undefined;
  /** Who asks. */
  readonly viewer: ResultOf<typeof stageStatusQuery>["viewer"] | undefined;
  readonly error: unknown;
}

const StageStatusContext = createContext<StageStatus>({
  status: undefined,
  services: undefined,
  viewer: undefined,
  error: undefined,
});

/** Asks for the stage's status every few seconds, once for the whole page. */
export function StageStatusProvider({ children }: { readonly children: ReactNode }) {
  const [{ data, error }, refetch] = useQuery({ query: stageStatusQuery });
  usePolling(refetch, POLL_MS);
  useReconnected(() => refetch({ requestPolicy: "network-only" }));
  const services = useLastKnown(data?.services);
  return (
    <StageStatusContext value={{ status: data?.status, services, viewer: data?.viewer, error }}>
      {children}
    </StageStatusContext>
  );
}

/** The stage's status, as last heard. */
export function useStageStatus(): StageStatus {
  return useContext(StageStatusContext);
}
