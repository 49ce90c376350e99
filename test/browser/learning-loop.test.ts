import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { z } from "zod";
import { encodeRequest } from "../../processor/wire/encode.ts";
import { readRequest } from "../../processor/wire/read-request.ts";
import { type NextHop, startGrpcNextHop } from "../edges/next-hop.ts";
import { sendGrpc } from "../edges/senders.ts";
import { type LogbertProcess, startLogbert } from "../helpers/logbert-process.ts";
import { testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { chromium, launch, picture, visit } from "./chromium.ts";

const STEPS = ["order received", "stock reserved", "card charged", "order shipped"] as const;
interface Step {
  readonly body: string;
  /** Since the step before, in milliseconds. */
  readonly gapMs: number;
  readonly severityNumber?: number;
}

const requirement = chromium();

describe("the learning loop, with the whole product, a next hop and a browser", () => {
  let browser: Browser | undefined;
  let hop: NextHop | undefined;
  let logbert: LogbertProcess | undefined;
  let timeMs = Date.now() - 86_400_000;
  const start = async (from?: LogbertProcess) => {
    const settings = {
      remember: { flush_interval_ms: 50 },
      forward: { endpoint: hop?.address ?? "", protocol: "grpc" },
    };
    const again = from === undefined ? {} : { ports: from.ports, directory: from.directory };
    logbert = await startLogbert({ settings, ...again });
    return logbert;
  };

  beforeAll(async () => {
    if (requirement.path === undefined) return;
    [browser, hop] = await Promise.all([
      launch(requirement.path),
      startGrpcNextHop(() => ({ body: new Uint8Array(0) })),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await logbert?.stop();
    await hop?.close();
  });

  /** Sends steps, each after its gap; what the next hop got of the last one. */
  const send = async (steps: readonly Step[]) => {
    const records = steps.map(({ body, gapMs, severityNumber = 9 }) => {
      timeMs += gapMs;
      return { timeUnixNano: BigInt(timeMs) * 1_000_000n, severityNumber, body: `${body} id=${timeMs}` };
    });
    const request = encodeRequest([{ attributes: { "service.name": "shop" }, records }]);
    await sendGrpc(logbert?.grpcEndpoint ?? "", request);
    const last = readRequest(hop?.received.at(-1) ?? new Uint8Array(0)).records.at(-1);
    return {
      isAnomaly: last?.attribute("anomaly.is_anomaly"),
      score: Number(last?.attribute("anomaly.score")),
    };
  };
  /** Orders, each step of which follows the one before within about a tenth of a second. */
  const orders = (count: number) =>
    Array.from({ length: count * STEPS.length }, (_, i) => ({
      body: STEPS[i % STEPS.length] ?? "",
      gapMs: 80 + ((i * 7_919) % 41),
    }));
  /** An order in which a step takes more than a minute. */
  const sendSlow = (step: (typeof STEPS)[number]) =>
    send([...orders(1).slice(0, STEPS.indexOf(step)), { body: step, gapMs: 61_000 }]);

  const labelled = () =>
    waitFor("the stage to follow what was said", async () => {
      const { status } = z
        .object({ status: z.object({ labels: z.int() }) })
        .parse(await logbert?.graphql("{ status { labels } }"));
      return status.labels > 0 ? true : undefined;
    });
  /** The stage's own threshold, which is what it judges by. */
  const inForce = (isWanted: (value: number) => boolean) =>
    waitFor("the stage to follow the threshold", async () =>
      isWanted((await logbert?.metric("logbert_threshold")) ?? 0) ? true : undefined,
    );
  const thresholdOf = async () =>
    z
      .object({
        threshold: z.object({ mode: z.string(), value: z.number(), changeId: z.string().nullable() }),
      })
      .parse(await logbert?.graphql('{ threshold(service: "shop") { mode value changeId } }')).threshold;

  const incidents = (page: Page) =>
    page.getByRole("list", { name: "Incidents, newest first" }).getByRole("listitem");
  const connection = (page: Page, text: string) =>
    page.getByRole("status").getByText(text, { exact: true }).waitFor();

  const setThreshold = async (page: Page, value: string) => {
    await page.goto(`${logbert?.apiUrl}/services?service=shop`);
    const form = page.getByRole("form", { name: "Threshold of shop" });
    await form.getByText("Fixed value", { exact: true }).click();
    const field = form.getByRole("textbox", { name: "Threshold, exactly" });
    await field.fill(value);
    await field.press("Enter");
    await form.getByRole("button", { name: "Save", exact: true }).click();
    await waitFor("the threshold to be set", async () =>
      (await thresholdOf()).value === Number(value) ? true : undefined,
    );
  };

  testWith(
    [requirement],
    "leads from an incident over a word and a threshold to other verdicts, and over a restart",
    async () => {
      const first = await start();
      for (let i = 0; i < 20; i += 1) await send(orders(200));
      if (browser === undefined) throw new Error("no browser");
      const { page, complaints } = await visit(browser, `${first.apiUrl}/`);
      await connection(page, "Live");

      // An incident appears by itself, and the like of it is flagged again.
      expect(await sendSlow("stock reserved")).toMatchObject({ isAnomaly: true });
      await incidents(page)
        .getByText(/"stock reserved .* came /)
        .first()
        .waitFor();
      await send(orders(2));
      expect(await sendSlow("stock reserved")).toMatchObject({ isAnomaly: true });
      await incidents(page)
        .getByText(/^[2-9] anomalies$/)
        .first()
        .waitFor();
      await picture(page, "loop-incident");

      // One key says that it was to be expected: the like of it is quiet from then on, another message is not.
      await page.keyboard.press("j");
      await page.keyboard.press("e");
      await labelled();
      await send(orders(2));
      expect(await sendSlow("stock reserved")).toMatchObject({ isAnomaly: false });
      await send(orders(2));
      const loud = await sendSlow("card charged");
      expect(loud).toMatchObject({ isAnomaly: true });
      expect(loud.score).toBeLessThan(0.999);

      // A threshold that is set in the page counts for the next records.
      await setThreshold(page, "0.999");
      await inForce((value) => value === 0.999);
      await send(orders(2));
      expect(await sendSlow("card charged")).toMatchObject({ isAnomaly: false });
      expect(complaints).toEqual([]);

      // The page outlives a restart, and so does what the stage was told.
      await page.goto(`${first.apiUrl}/`);
      await incidents(page).first().waitFor();
      await connection(page, "Live");
      await first.stop();
      await connection(page, "Reconnecting");
      await picture(page, "loop-disconnected");
      await start(first);
      await connection(page, "Live");
      const { changeId, ...kept } = await thresholdOf();
      expect(kept).toEqual({ mode: "MANUAL", value: 0.999 });
      await logbert?.graphql("mutation ($id: ID!) { revertThreshold(changeId: $id) { mode } }", {
        id: changeId,
      });
      await inForce((value) => value > 0 && value < 0.999);
      await send(orders(2));
      const unheard = { body: "kernel panic in the cellar", gapMs: 100, severityNumber: 21 };
      expect(await send([...orders(1), unheard])).toMatchObject({ isAnomaly: true });
      await incidents(page).getByText("kernel panic in the cellar").first().waitFor();
      await send(orders(2));
      expect(await sendSlow("stock reserved")).toMatchObject({ isAnomaly: false });
    },
  );
});
