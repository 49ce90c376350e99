import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { configSchema } from "../../cli/config.ts";
import type { Incident, IncidentKind } from "../../cli/generate/incident.ts";
import { type OpenModel, openScorer } from "../../cli/open-scorer.ts";
import type { StoredAnomaly } from "../../store/anomaly.ts";
import { BEGIN_MS, type ShopStage, startShopStage } from "./shop-stage.ts";

/** Minutes after the shop's beginning. */
const RELEASE_AT = 12;
const MINUTE_MS = 60_000;
/** A budget with which a new message is odd enough to alert. */
const EAGER = { alerts_per_day: 2_000 };
const SESSIONS = { type: "session", idle_ms: 5_000, stream: { by: "trace" } };

let model: OpenModel;
beforeAll(async () => {
  model = await openScorer(configSchema.parse({}).inference, () => undefined);
});
afterAll(() => model.close());

const open: ShopStage[] = [];
afterEach(async () => {
  for (const shop of open.splice(0)) await shop.close();
});

async function released(settings: object, incidents: readonly Incident[] = []): Promise<ShopStage> {
  const shop = await startShopStage(model, { releaseAt: RELEASE_AT, settings, incidents });
  open.push(shop);
  return shop;
}

/** @param minutes after the release */
const incident = (kind: IncidentKind, minutes: number, seconds: number): Incident => ({
  id: `${kind}-1`,
  kind,
  service: "checkout",
  fromMs: BEGIN_MS + (RELEASE_AT + minutes) * MINUTE_MS,
  toMs: BEGIN_MS + (RELEASE_AT + minutes) * MINUTE_MS + seconds * 1_000,
});

/** What alerted of the released service after its release. */
async function alertsOf(shop: ShopStage): Promise<readonly StoredAnomaly[]> {
  return (await shop.alerts()).filter(
    ({ service, timeMs }) => service === "checkout" && timeMs >= BEGIN_MS + RELEASE_AT * MINUTE_MS,
  );
}

/** Those that say that a message is new. */
async function aboutNews(shop: ShopStage): Promise<readonly StoredAnomaly[]> {
  return (await alertsOf(shop)).filter(({ explanation }) => explanation.summary.startsWith("New "));
}

const cardsOf = (shop: ShopStage) => shop.store.deployments({}, { first: 9 });

describe("a release of one service", () => {
  it("tells its new harmless messages in one card, also over a restart and a rollback; without a band they alert", async () => {
    const without = await released({ calibrate: { ...EAGER, release_band_ms: 0 } });
    await without.playUntil(RELEASE_AT + 3);
    const alerted = await aboutNews(without);
    expect(alerted.length).toBeGreaterThan(2);
    expect(await cardsOf(without)).toEqual([]);

    const shop = await released({ calibrate: EAGER });
    await shop.playUntil(RELEASE_AT + 1);
    const [before] = await cardsOf(shop);
    await shop.restart();
    await shop.playUntil(RELEASE_AT + 3);
    await shop.send([
      {
        attributes: { "service.name": "checkout", "service.version": "1.4.1" },
        records: [{ timeUnixNano: BigInt(BEGIN_MS) * 1_000_000n, severityNumber: 9, body: "Started" }],
      },
    ]);

    expect(await aboutNews(shop)).toEqual([]);
    const cards = await cardsOf(shop);
    expect(cards).toMatchObject([
      { service: "checkout", version: "1.4.2", previous: { version: "1.4.1" }, sequence: before?.sequence },
    ]);
    const [card] = cards;
    expect(card?.records).toBeGreaterThan(before?.records ?? 0);
    const messages = await shop.store.newTemplates(card?.sequence ?? 0, 100);
    expect(messages.length).toBe(card?.newTemplateCount);
    const ids = messages.map(({ templateId }) => templateId);
    for (const { templateId } of alerted) expect(ids).toContain(templateId);
    expect(Math.max(...messages.map(({ count }) => count))).toBeGreaterThan(5);
    expect(messages.map(({ text }) => text)).not.toContain("Started");

    const { body, exampleId = "", templateId } = messages.at(-1) ?? {};
    expect(await shop.store.anomaly(exampleId)).toMatchObject({ isAlert: false, body, templateId });
  });

  it("hides no error, no missing step and no silence that come with it", async () => {
    const shop = await released({ window: SESSIONS, calibrate: EAGER }, [
      incident("new-error", 2, 20),
      incident("missing-step", 6, 90),
      incident("silence", 8, 60),
    ]);
    await shop.playUntil(RELEASE_AT + 9);
    const alerts = await alertsOf(shop);
    const during = (from: number, seconds: number) =>
      alerts.filter(({ timeMs }) => {
        const sinceMs = timeMs - BEGIN_MS - (RELEASE_AT + from) * MINUTE_MS;
        return sinceMs >= -5_000 && sinceMs < seconds * 1_000;
      });
    expect(during(2, 25).map(({ severityText }) => severityText)).toContain("ERROR");
    const steps = during(6, 95).map(({ explanation }) => explanation.summary);
    expect(steps).toContainEqual(expect.stringMatching(/Payment of order|Requesting payment|placed/));
    expect(during(8, 60).map(({ kind }) => kind)).toContainEqual(expect.stringMatching(/^silence/));
    expect(await cardsOf(shop)).toHaveLength(1);
  });
});
