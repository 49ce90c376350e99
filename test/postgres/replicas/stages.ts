import { startGrpcNextHop } from "../../edges/next-hop.ts";
import { type LogbertProcess, startLogbert } from "../../helpers/logbert-process.ts";
import { testDatabase } from "../../helpers/test-database.ts";
import { type Judged, judgedIn } from "./shop-requests.ts";

/** Real stages on one database, with a next hop behind them. */
export interface Stages {
  readonly running: readonly LogbertProcess[];
  /** What has arrived at the next hop. */
  judged(): ReadonlyMap<string, Judged>;
  stop(): Promise<void>;
}

/** @param settings of each of them, besides where they forward to */
export async function startStages(
  count: number,
  settings: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {},
): Promise<Stages> {
  const { settings: store } = await testDatabase();
  const hop = await startGrpcNextHop(() => ({ body: new Uint8Array() }));
  const running = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      startLogbert({
        environment: { DATABASE_URL: store.url ?? "", LOGBERT_INSTANCE: `stage-${index}` },
        settings: { canary: { interval_ms: 0 }, ...settings, forward: { endpoint: hop.address } },
      }),
    ),
  );
  return {
    running,
    judged: () => judgedIn(hop.received),
    async stop() {
      await Promise.all(running.map((stage) => stage.stop()));
      await hop.close();
    },
  };
}
