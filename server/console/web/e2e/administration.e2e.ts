// The pages of administrators over the stand-in: full, with nothing there, failing, in
// both themes and on a phone.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFixtureServer, type FixtureServer } from "../test/fixtures/server";
import { complaints, inspect, overflow, seriousViolations, settled, startBrowser } from "./browser";

const real = (process.env["PICKET_URL"] ?? "") !== "";
// Each with what it says in words where everything is there, and where nothing is.
const pages = [
  ["enrolment", "tap-reception", "No token was made yet"],
  ["nodes", "asked by admin", "Nothing was due yet"],
  ["health", "Give the database a faster disk", "Nobody notices anything"],
  ["people", "Tom of audit", "Nobody is a member yet"],
  ["places", "Branch harbour", "There is no tenant yet"],
  ["audit", "made enrolment token", "Nothing was changed that fits"],
  ["account", "1 recovery code is left", "You have no token"],
  ["certificates", "picket.example.org", "None is uploaded"],
  ["sign-in", "Example ID", "There is none"],
] as const;

describe.skipIf(real)("administration", () => {
  let server: FixtureServer;
  let browser: Browser;
  let page: Page;
  let found: string[];

  beforeAll(async () => {
    server = await startFixtureServer("dist");
    browser = await startBrowser();
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.addCookies([{ name: "picket_session", value: "fixture", url: server.url }]);
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    found = complaints(page);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  const open = async (tenant: string, path: string): Promise<void> => {
    await page.goto(`${server.url}/${tenant}/${path}`);
    await settled(page);
  };

  test.each(pages)("%s is whole in both themes, and on a phone", async (path, full) => {
    await open("default", path);
    await page.getByText(full).first().waitFor();
    await inspect(page, `full-${path}`, { whole: true });
    await page.setViewportSize({ width: 390, height: 844 });
    await open("default", path);
    expect(await overflow(page)).toBe(0);
    await inspect(page, `full-${path}-390`, { whole: true });
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test.each(pages)("%s with nothing there says so", async (path, _, empty) => {
    await open("empty", path);
    await page.getByText(empty).first().waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  test.each(pages)("%s that fails says what failed, and offers to try again", async (path) => {
    await open("broken", path);
    await page.getByRole("alert").first().waitFor();
    await page.getByRole("button", { name: "Try again" }).first().waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  test("what is done twice asks in between, and forgets it at Escape", async () => {
    await open("default", "people");
    await page.getByRole("button", { name: "Remove anna" }).click();
    await page.getByRole("button", { name: "Remove from this tenant?" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Remove anna" }).waitFor();
  });

  test("no page complained", () => expect(found).toEqual([]));
});
