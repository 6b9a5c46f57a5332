import type { Browser, Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { complaints, inspect, overflow, settled, startBrowser } from "./browser";

/** What tools/e2e says in the environment; empty: nothing. */
export const env = (name: string): string => process.env[name] ?? "";
export const url = env("PICKET_URL").replace(/\/$/, "");
export const password = process.env["PICKET_PASSWORD"] ?? "a long password for tests";

/** Whether tools/e2e has set up a node with boxes that wait, and a first administrator. */
export const administered = env("PICKET_CLAIM_CODE") !== "";

/** A browser in which an administrator of a real node is signed in. */
export interface Administrator {
  browser: Browser;
  page: Page;
  found: string[]; // what pages complained of
  open: (path: string, on?: Page) => Promise<void>;
  region: (name: string) => Locator;
  /** The page on a phone: nothing is wider than the screen, axe, and a picture of all of it. */
  phone: (path: string) => Promise<void>;
}

export async function signIn(): Promise<Administrator> {
  const browser = await startBrowser();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ignoreHTTPSErrors: true, colorScheme: "light" });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const found = complaints(page);
  await page.goto(`${url}/login`);
  await page.getByLabel("Name").fill("admin");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/home*");
  const open = async (path: string, on = page): Promise<void> => {
    await on.goto(`${url}/default/${path}`);
    await settled(on);
  };
  const phone = async (path: string): Promise<void> => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open(path);
    expect(await overflow(page), path).toBe(0);
    await inspect(page, `${path}-390`, { whole: true });
    await page.setViewportSize({ width: 1440, height: 900 });
    await open(path);
  };
  return { browser, page, found, open, phone, region: (name) => page.getByRole("region", { name, exact: true }) };
}
