import type { Page } from "playwright-core";
import { beforeEach, describe, expect } from "vitest";
import { testWith } from "../helpers/requirement.ts";
import { browserHooks } from "./browser-hooks.ts";
import { chromium, picture } from "./chromium.ts";
import { expectGoodLook, looks } from "./looks.ts";
import { sampleBatch } from "./sample-batch.ts";

const WRITER = "writer-token-0123456789";
const READER = "reader-token-0123456789";
const tokens: { name: string; role: "read" | "write"; token: string }[] = [
  { name: "alice", role: "write", token: WRITER },
  { name: "wallboard", role: "read", token: READER },
];

const requirement = chromium();

describe("the UI of a logbert that wants a token", () => {
  const { product, open } = browserHooks(requirement, { tokens });
  beforeEach(async () => {
    if (requirement.path !== undefined) await product().store.saveBatch(sampleBatch(Date.now(), 20));
  });
  const signIn = async (page: Page, token: string, isKept = false) => {
    await page.getByLabel("Token", { exact: true }).fill(token);
    if (isKept) await page.getByLabel("Keep on this device").check();
    await page.getByRole("button", { name: "Sign in" }).click();
  };
  const signedIn = (page: Page, name: string) => page.getByText(name, { exact: true }).waitFor();
  const signInForm = (page: Page) => page.getByRole("heading", { name: "Sign in to logbert" }).waitFor();
  const rowsOf = (page: Page) =>
    page.getByRole("list", { name: "Incidents, newest first" }).getByRole("listitem");

  testWith(
    [requirement],
    "shows nothing of the logs without one, and says what is wrong with a wrong one",
    async () => {
      const { page } = await open("/");
      await signInForm(page);
      expect(await page.getByText("checkout").count()).toBe(0);
      await signIn(page, "nobody-has-this-token");
      await page.getByRole("alert").getByText("This token is not known.").waitFor();
      await page.reload();
      await signInForm(page);
    },
  );

  testWith(
    [requirement],
    "goes on where it was, live, and keeps what is said under the token's name",
    async () => {
      const { page, complaints } = await open("/?service=payments");
      await signInForm(page);
      const before = complaints.length;
      await signIn(page, ` ${WRITER} `);
      await signedIn(page, "alice");
      await page.getByRole("status").getByText("Live").waitFor();
      expect(new URL(page.url()).search).toBe("?service=payments");
      await rowsOf(page).first().getByRole("link").click();
      await page.getByRole("button", { name: "Expected", exact: true }).click();
      await page.getByRole("button", { name: "Undo", exact: true }).waitFor();
      await page.getByText(/^alice, (?:just now|\d+ (?:s|min) ago)$/).waitFor();
      const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
      expect(await product().store.feedbackFor([id])).toMatchObject([{ author: "alice" }]);
      expect(complaints.slice(before)).toEqual([]);
    },
  );

  testWith([requirement], "keeps a token for the tab, or for the device, until one signs out", async () => {
    const { page, context } = await open("/services");
    await signIn(page, WRITER);
    await signedIn(page, "alice");
    await page.reload();
    await signedIn(page, "alice");
    const other = await context.newPage();
    await other.goto(product().url);
    await signInForm(other);
    await signIn(other, WRITER, true);
    await signedIn(other, "alice");
    const third = await context.newPage();
    await third.goto(product().url);
    await signedIn(third, "alice");
    await third.getByRole("button", { name: "Sign out" }).click();
    await signInForm(third);
    await third.reload();
    await signInForm(third);
  });

  testWith([requirement], "asks anew when its token is no longer taken", async () => {
    const { page } = await open("/services");
    await signIn(page, WRITER);
    await signedIn(page, "alice");
    await product().stopApi();
    tokens.splice(0, 1, { name: "alice", role: "write", token: "another-token-0123456789" });
    await product().startApi();
    await signInForm(page);
    await signIn(page, "another-token-0123456789");
    await signedIn(page, "alice");
    expect(new URL(page.url()).pathname).toBe("/services");
    tokens.splice(0, 1, { name: "alice", role: "write", token: WRITER });
  });

  testWith(
    [requirement],
    "switches off what a token with the role read may not do, and says why",
    async () => {
      const { page } = await open("/");
      await signIn(page, READER);
      await signedIn(page, "wallboard");
      await rowsOf(page).first().getByRole("link").click();
      const real = page.getByRole("button", { name: "Real", exact: true });
      await real.waitFor();
      const reason = "Your token may only look: a change needs one with the role write.";
      await page.getByText(reason).waitFor();
      expect(await real.isDisabled()).toBe(true);
      expect(await page.getByRole("button", { name: "Expected", exact: true }).isDisabled()).toBe(true);
      await page.keyboard.press("r");
      await picture(page, "read-only");
      const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
      await page.getByRole("link", { name: "Services" }).click();
      await page.getByRole("button", { name: "Edit the threshold of checkout" }).click();
      const form = page.getByRole("form", { name: "Threshold of checkout" });
      await form.getByText(reason).waitFor();
      expect(await form.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
      await form.getByText("Would have fired").waitFor();
      await page.getByRole("link", { name: "Label", exact: true }).click();
      await page.getByText(reason).waitFor();
      await page.getByRole("article").waitFor();
      for (const key of ["r", "e", "s"]) await page.keyboard.press(key);
      await page.getByText("This session: 0 real, 0 expected, 1 skipped").waitFor();
      await page.getByRole("link", { name: "Training" }).click();
      await page.getByText(reason).waitFor();
      await page.getByRole("button", { name: "Train now" }).click({ force: true });
      expect(await product().store.openTrainingRun()).toBeUndefined();
      const all = await product().store.anomalies({}, { first: 20 });
      expect(await product().store.feedbackFor([id, ...all.map((one) => one.id)])).toEqual([]);
    },
  );

  testWith(
    [requirement],
    "is accessible, dark and light, wide and narrow, and never wider than the window",
    async () => {
      for (const [name, look] of looks) {
        const { page } = await open("/", look);
        await signInForm(page);
        await signIn(page, "nobody-has-this-token");
        await page.getByRole("alert").waitFor();
        await expectGoodLook({ page }, `sign-in-${name}`);
        await signIn(page, READER);
        await signedIn(page, "wallboard");
        await rowsOf(page).first().getByRole("link").click();
        await page.getByRole("button", { name: "Real", exact: true }).waitFor();
        await expectGoodLook({ page }, `signed-in-${name}`);
      }
    },
  );
});
