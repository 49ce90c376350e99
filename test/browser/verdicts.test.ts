import type { Page } from "playwright-core";
import { ulid } from "ulid";
import { describe, expect } from "vitest";
import type { Anomaly } from "../../store/anomaly.ts";
import { testWith } from "../helpers/requirement.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { browserHooks } from "./browser-hooks.ts";
import { chromium } from "./chromium.ts";
import { sampleAnomaly, sampleBatch } from "./sample-batch.ts";

const SECOND_MS = 1_000;

const requirement = chromium();

const rowsOf = (page: Page, noun = "Incidents") =>
  page.getByRole("list", { name: `${noun}, newest first` }).getByRole("listitem");
const isLive = (page: Page) => page.getByRole("status").getByText("Live", { exact: true }).waitFor();

describe("verdicts", () => {
  const { product, open } = browserHooks(requirement);

  /** One outage of two templates, the oldest anomaly first. */
  const seed = async (): Promise<readonly Anomaly[]> => {
    const nowMs = Date.now();
    const anomalies = [2, 0, 0].map((kind, index) => sampleAnomaly(nowMs - (3 - index) * SECOND_MS, kind));
    await product().store.saveBatch({ ...sampleBatch(nowMs, 0), anomalies });
    return anomalies;
  };
  const given = async (anomalies: readonly Anomaly[]) =>
    product().store.feedbackFor(anomalies.map(({ id }) => id));

  testWith(
    [requirement],
    "in the list of every anomaly an opened anomaly stays one, and e judges it alone",
    async () => {
      const anomalies = await seed();
      const { page, complaints } = await open("/?view=anomalies");
      const rows = rowsOf(page, "Anomalies");
      await rows.nth(2).waitFor();
      // The first of the outage has the incident's id.
      await rows.nth(0).getByRole("link").click();
      await page.getByRole("region", { name: "Incident" }).waitFor();
      expect(await page.locator(".anomaly-row.is-incident").count()).toBe(0);
      await page.keyboard.press("Escape");
      await page.waitForURL((url) => url.pathname === "/");
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      await rows.nth(2).locator("a:focus").waitFor();
      await page.keyboard.press("e");
      await rows.nth(2).getByText("Expected", { exact: true }).waitFor();
      expect((await given(anomalies)).map(({ anomalyId }) => anomalyId)).toEqual([anomalies[0]?.id]);
      expect(complaints).toEqual([]);
    },
  );

  testWith(
    [requirement],
    "one that is given while the API is away takes away nothing that is read or typed",
    async () => {
      const anomalies = await seed();
      const { page } = await open(`/anomalies/${anomalies[2]?.id}`);
      const note = page.getByPlaceholder("Note (optional)");
      await note.fill("a drill");
      await isLive(page);
      await product().stopApi();
      await page.getByRole("button", { name: "Expected", exact: true }).click();
      await page
        .getByRole("region", { name: "Your verdict" })
        .getByRole("alert")
        .getByText("The API does not answer.")
        .waitFor();
      await page.getByRole("status").getByText("Reconnecting").waitFor();
      expect(await page.getByRole("article").getByRole("heading", { level: 1 }).count()).toBe(1);
      expect(await note.inputValue()).toBe("a drill");
      await product().startApi();
      await isLive(page);
      await page.getByRole("button", { name: "Expected", exact: true }).click();
      await page.getByRole("button", { name: "Undo", exact: true }).waitFor();
      expect(await given(anomalies)).toMatchObject([{ isTrueAnomaly: false, note: "a drill" }]);
      expect(await page.getByRole("alert").count()).toBe(0);
    },
  );

  testWith(
    [requirement],
    "are there in other windows by themselves: list, panel, every anomaly",
    async () => {
      const anomalies = await seed();
      // The strongest of its template.
      const id = anomalies[1]?.id ?? "";
      const one = await open("/");
      const panel = await open(`/anomalies/${id}`);
      const flat = await open("/?view=anomalies");
      const unjudged = await open("/?verdict=UNLABELLED");
      for (const { page } of [one, panel, flat, unjudged]) await isLive(page);
      await rowsOf(unjudged.page).first().waitFor();
      await panel.page.getByRole("article").waitFor();
      await rowsOf(flat.page, "Anomalies").nth(2).waitFor();
      await rowsOf(one.page).first().getByRole("link").focus();
      await one.page.keyboard.press("r");
      await rowsOf(one.page).first().getByText("Real", { exact: true }).waitFor();
      await panel.page.getByRole("article").getByRole("button", { name: "Expected instead" }).waitFor();
      await rowsOf(panel.page).first().getByText("Real", { exact: true }).waitFor();
      await waitFor("both verdicts in the flat list", async () =>
        (await rowsOf(flat.page, "Anomalies").getByText("Real", { exact: true }).count()) === 2
          ? true
          : undefined,
      );
      // It matches no more, and stays where somebody may be about to judge it.
      await rowsOf(unjudged.page).first().getByText("Real", { exact: true }).waitFor();
      await one.page.keyboard.press("u");
      await panel.page.getByRole("article").getByRole("button", { name: "Real", exact: true }).waitFor();
      await rowsOf(flat.page, "Anomalies")
        .getByText("Real", { exact: true })
        .first()
        .waitFor({ state: "detached" });
      expect([...one.complaints, ...panel.complaints, ...flat.complaints, ...unjudged.complaints]).toEqual(
        [],
      );
    },
  );

  /** What somebody says while the pages hear nothing of it: another process writes it. */
  const sayUnheard = (anomaly: Anomaly | undefined, isTrueAnomaly: boolean) =>
    product().store.addFeedback({
      id: ulid(),
      anomalyId: anomaly?.id ?? "",
      isTrueAnomaly,
      note: undefined,
      author: "alice",
      createdAtMs: Date.now(),
    });

  testWith(
    [requirement],
    "of a whole incident give way to the next, with all that was said of its silence",
    async () => {
      const nowMs = Date.now();
      const message = sampleAnomaly(nowMs - 2 * SECOND_MS, 0);
      const silence = {
        ...sampleAnomaly(nowMs - SECOND_MS, 0),
        kind: "silence",
        score: message.score - 0.01,
      };
      await product().store.saveBatch({ ...sampleBatch(nowMs, 0), anomalies: [message, silence] });
      const { page } = await open("/");
      const row = rowsOf(page).first();
      await row.getByRole("link").focus();
      await page.keyboard.press("e");
      await row.getByText("Expected", { exact: true }).waitFor();
      expect(await given([message, silence])).toHaveLength(2);
      await page.keyboard.press("r");
      await row.getByText("Real", { exact: true }).waitFor();
      expect((await given([message, silence])).map(({ isTrueAnomaly }) => isTrueAnomaly)).toEqual([
        true,
        true,
      ]);
      await page.keyboard.press("u");
      // One word after the other.
      await row.getByText(/^Real/).waitFor({ state: "detached" });
      expect(await given([message, silence])).toEqual([]);
    },
  );

  testWith(
    [requirement],
    "that a row did not show are shown before anything is said against them",
    async () => {
      const anomalies = await seed();
      const { page } = await open("/");
      await rowsOf(page).first().getByRole("link").focus();
      await sayUnheard(anomalies[1], true);
      await page.keyboard.press("e");
      await page
        .getByRole("alert")
        .getByText(/^alice said Real/)
        .waitFor();
      await rowsOf(page).first().getByText(/^Real/).waitFor();
      expect(await given(anomalies)).toMatchObject([{ author: "alice" }]);
      await page.keyboard.press("e");
      await rowsOf(page).first().getByText("Expected", { exact: true }).waitFor();
      expect(await page.getByRole("alert").count()).toBe(0);
      // What alice said stays beside it.
      expect((await given(anomalies)).filter(({ author }) => author === "alice")).toHaveLength(1);
    },
  );

  testWith([requirement], "that are refused leave the one before", async () => {
    const anomalies = await seed();
    const { page } = await open(`/anomalies/${anomalies[2]?.id}`);
    await page.getByPlaceholder("Note (optional)").fill("a drill");
    await page.getByRole("button", { name: "Expected", exact: true }).click();
    const instead = page.getByRole("button", { name: "Real instead" });
    await instead.waitFor();
    for (let number = 0; number < 100; number += 1) await sayUnheard(anomalies[2], false);
    const refusal = page
      .getByRole("region", { name: "Your verdict" })
      .getByRole("alert")
      .getByText("This anomaly was judged 100 times already.");
    // Words that the page has not shown are told first.
    await waitFor("the refusal", async () => {
      if (await refusal.isVisible()) return true;
      await instead.click();
      return undefined;
    });
    expect((await given(anomalies)).filter(({ note }) => note === "a drill")).toHaveLength(1);
  });

  testWith([requirement], "that a card did not show are told before it is labelled", async () => {
    const anomalies = await seed();
    const { page } = await open("/label");
    const sentence = page.getByRole("article").getByRole("heading", { level: 2 }).first();
    await sentence.waitFor();
    const shown = await sentence.innerText();
    for (const anomaly of anomalies) await sayUnheard(anomaly, true);
    await page.keyboard.press("e");
    await page
      .getByRole("alert")
      .getByText(/^alice said Real/)
      .waitFor();
    expect(await sentence.innerText()).toBe(shown);
    expect(await given(anomalies)).toHaveLength(3);
    await page.keyboard.press("e");
    await page.getByText("This session: 0 real, 1 expected").waitFor();
    expect(await given(anomalies)).toHaveLength(4);
  });

  testWith(
    [requirement],
    "with Caps Lock and with the focus on a choice, a key is of the row alone",
    async () => {
      const anomalies = await seed();
      const { page } = await open(`/anomalies/${anomalies[2]?.id}?view=anomalies`);
      await page.getByRole("article").waitFor();
      await page.getByRole("radio", { name: "Every anomaly" }).focus();
      // What a browser sends for the key e with Caps Lock.
      await page.evaluate(
        'document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "E", bubbles: true, cancelable: true }))',
      );
      await page.getByRole("button", { name: "Undo", exact: true }).waitFor();
      expect((await given(anomalies)).map(({ anomalyId }) => anomalyId)).toEqual([anomalies[2]?.id]);
      await page.keyboard.press("u");
      await page.getByRole("button", { name: "Expected", exact: true }).waitFor();
      expect(await given(anomalies)).toEqual([]);
    },
  );
});
