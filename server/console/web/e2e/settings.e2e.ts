// What is wanted of a tap: read, changed, refused, locked and unlocked, by keyboard
// and in every size, over the stand-in, which keeps what is set.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startFixtureServer, type FixtureServer } from "../test/fixtures/server";
import { complaints, seriousViolations, shots, startBrowser } from "./browser";

const list = z.object({ items: z.array(z.object({ id: z.string(), state: z.string() })) });

/** The stand-in's tap that has several adapters. */
async function degraded(page: Page, server: FixtureServer): Promise<string> {
  const answer = await page.request.get(`${server.url}/api/v1/tenants/default/taps`);
  return list.parse(await answer.json()).items.find((t) => t.state === "degraded")?.id ?? "";
}

const real = (process.env["PICKET_URL"] ?? "") !== "";

describe.skipIf(real)("radio settings", () => {
  let server: FixtureServer;
  let browser: Browser;
  let page: Page;
  let complained: string[];

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true });
    server = await startFixtureServer("dist");
    browser = await startBrowser();
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.addCookies([{ name: "picket_session", value: "fixture", url: server.url }]);
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    complained = complaints(page);
    await page.goto(`${server.url}/default/tap/${await degraded(page, server)}`);
    await panel().waitFor();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  const panel = () => page.getByRole("region", { name: "Radio settings" });
  const row = (name: string) => panel().getByRole("row", { name: new RegExp(`^${name}`) });
  const shot = async (name: string): Promise<void> => {
    await panel().scrollIntoViewIfNeeded();
    await panel().screenshot({ path: join(shots, `settings-${name}.png`) });
  };

  test("say what holds, who says so, and whether the tap follows", async () => {
    await row("Country").waitFor();
    expect(await row("Country").textContent()).toMatch(/NL.*all of/);
    expect(await row("Share of the channels").textContent()).toMatch(/share 1 of 3.*this tap/);
    expect(await row("Radios").textContent()).toMatch(/used.*nobody/);
    expect(await panel().textContent()).toMatch(/Followed/);
    expect(await seriousViolations(page)).toEqual([]);
    await shot("read");
  });

  test("are changed by keyboard alone", async () => {
    await panel().getByRole("button", { name: "Change…" }).focus();
    await page.keyboard.press("Enter");
    const own = panel().getByLabel("Own channels, heard first", { exact: true });
    await own.focus();
    await page.keyboard.press("End"); // these channels
    await page.keyboard.press("Tab");
    await page.keyboard.type("36, 1, 6:37");
    await panel().getByText("1, 36 and 6:37").waitFor();
    await shot("form");
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press("Enter");
    await row("Own channels").waitFor();
    expect(await row("Own channels").textContent()).toMatch(/1, 36 and 6:37.*this tap/);
    expect(await panel().textContent()).toMatch(/On its way/);
  });

  test("that are wrong are not sent, and what the node refuses is said", async () => {
    await panel().getByRole("button", { name: "Change…" }).click();
    await panel().getByLabel("Never listen on", { exact: true }).selectOption("these");
    await panel().getByLabel("Never listen on: these channels").fill("6, 38");
    await panel().getByText("is no channel of 20 MHz").waitFor();
    await panel().getByRole("button", { name: "Save for this tap" }).click();
    await shot("wrong");
    expect(await seriousViolations(page)).toEqual([]);
    await panel().getByLabel("Never listen on: these channels").fill("6");
    await panel().getByLabel("Country", { exact: true }).selectOption("these");
    await panel().getByLabel("Country: country code").fill("XX");
    await panel().getByRole("button", { name: "Save for this tap" }).click();
    await panel().getByText("is no country").waitFor();
    await page.keyboard.press("Escape");
    await panel().getByRole("button", { name: "Change…" }).and(page.locator(":focus")).waitFor();
    await row("Never listen on").waitFor();
    expect(await row("Never listen on").textContent()).toMatch(/14/);
  });

  test("of all taps of a site say how many they are", async () => {
    await panel().getByRole("button", { name: "Change…" }).click();
    await panel()
      .getByLabel(/^All taps of/)
      .check();
    const save = panel().getByRole("button", { name: "Save for all 14 taps" });
    await save.waitFor();
    expect(await panel().getByLabel("Share of the channels").count()).toBe(0);
    await panel().getByLabel("A report every").selectOption("5000");
    await shot("site");
    await save.click();
    await row("Report").waitFor();
    expect(await row("Report").textContent()).toMatch(/every 5 s.*all of/);
  });

  test("lock a channel for a time, and unlock it", async () => {
    await panel().getByRole("button", { name: "Lock a channel…" }).click();
    await panel().getByLabel("Channel", { exact: true }).selectOption({ index: 2 });
    await panel().getByLabel("For how long").selectOption("60");
    await panel().getByLabel("For the sake of a BSSID").fill("00-00-5E-00-53");
    await panel().getByText("Six octets").waitFor();
    await panel().getByLabel("For the sake of a BSSID").fill("00-00-5E-00-53-01");
    await shot("lock");
    expect(await seriousViolations(page)).toEqual([]);
    await panel().getByRole("button", { name: "Lock for 1 hour" }).click();
    const unlock = panel().getByRole("button", { name: /^Unlock/ });
    await expect.poll(() => unlock.count()).toBe(2);
    await shot("locked");
    await unlock.first().focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => unlock.count()).toBe(1);
  });

  test("fit a phone and the dark", async () => {
    await page.emulateMedia({ colorScheme: "dark" });
    await page.locator('html[data-mantine-color-scheme="dark"]').waitFor();
    await shot("dark");
    await panel().getByRole("button", { name: "Change…" }).click();
    await panel().getByLabel("Own channels, heard first", { exact: true }).selectOption("these");
    await shot("form-dark");
    expect(await seriousViolations(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await shot("form-390-dark");
    await page.emulateMedia({ colorScheme: "light" });
    await page.locator('html[data-mantine-color-scheme="light"]').waitFor();
    await shot("form-390");
    await panel().getByRole("button", { name: "Cancel" }).click();
    await shot("390");
    const wider = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    expect(wider).toBe(false);
    expect(complained).toEqual([]);
  });
});
