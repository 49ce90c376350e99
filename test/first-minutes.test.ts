import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { alertsOfSecond } from "../bench/alerts-of-second.ts";
import { configSchema } from "../cli/config.ts";
import { createLogStream } from "../cli/generate/create-log-stream.ts";
import type { Incident, IncidentKind } from "../cli/generate/incident.ts";
import { openScorer } from "../cli/open-scorer.ts";
import type { Finding } from "../processor/calibrate/verdict.ts";
import { createRooms } from "../processor/rooms.ts";

const START_MS = Date.UTC(2026, 0, 5, 14);
const MINUTE_MS = 60_000;
const TIMEOUT_MS = 240_000;
const config = configSchema.parse({});
let model: Awaited<ReturnType<typeof openScorer>>;

beforeAll(async () => {
  model = await openScorer(config.inference, (reason) => {
    throw new Error(reason);
  });
});
afterAll(() => model.close());

/** What alerts in the generated shop's first minutes, by the stage's defaults, on a clock of its own. */
async function alertsOf(seed: number, minutes: number, incidents: readonly Incident[] = []) {
  let nowMs = START_MS;
  const rooms = createRooms(config, { ...model, now: () => nowMs });
  const stream = createLogStream({ seed, startMs: START_MS, ratePerSecond: 50, incidents });
  const alerts: Finding[] = [];
  for (; nowMs < START_MS + minutes * MINUTE_MS; nowMs += 1_000)
    for (const alert of await alertsOfSecond(rooms, stream.next(nowMs + 1_000), nowMs + 1_000))
      alerts.push(alert);
  return alerts;
}

const leaderOf = ({ verdict }: Finding) => verdict.contributions[0]?.detector;
const told = ({ window, event, verdict }: Finding) =>
  `${window.service}: ${window.events[event]?.match.template}, ${verdict.contributions[0]?.detector}`;

describe("the first minutes of a shop", () => {
  // An error that was never seen is news, whenever it comes; the generator has one that comes every four minutes.
  it.each([42, 3, 4, 5])(
    "no habit alerts while all is normal (seed %i)",
    async (seed) => {
      const alerts = await alertsOf(seed, 10);
      expect(alerts.filter((alert) => leaderOf(alert) !== "new-template").map(told)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    "payments captured before they are authorised, and orders placed without one, are found by what adds up",
    async () => {
      const incident = (kind: IncidentKind, service: Incident["service"], minute: number): Incident => {
        const fromMs = START_MS + minute * MINUTE_MS;
        return { id: kind, kind, service, fromMs, toMs: fromMs + 20_000 };
      };
      const incidents = [
        incident("wrong-order", "payments", 16),
        incident("missing-step", "checkout", 17),
      ] as const;
      const alerts = await alertsOf(42, 18, incidents);
      for (const { service, fromMs, toMs } of incidents) {
        const own = alerts.filter(({ window, event }) => {
          const timeMs = window.events[event]?.timeMs ?? 0;
          return window.service === service && timeMs >= fromMs && timeMs < toMs + 5_000;
        });
        expect(own.map(leaderOf), service).toContain("order-change");
      }
    },
    TIMEOUT_MS,
  );
});
