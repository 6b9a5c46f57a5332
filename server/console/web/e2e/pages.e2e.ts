// Drives a real browser through every page, against a node (PICKET_URL and
// PICKET_FIRST_LOGIN, or PICKET_PASSWORD of its admin) or against the stand-in API
// over the built console.
// PICKET_RADIOS says that tools/radioreports tells the node of its radios.
// PICKET_SHOTS is where screenshots go; PICKET_FROM, such as -15m, is the time
// range they show.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { complaints, inspect, overflow, seriousViolations, settled, shots, startBrowser } from "./browser";
import { openTarget, type Target } from "./target";

const password = process.env["PICKET_PASSWORD"] ?? "a long password for tests";
let target: Target;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let found: string[];
let tenant = "";

beforeAll(async () => {
  mkdirSync(shots, { recursive: true });
  target = await openTarget();
  browser = await startBrowser();
  context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: "light",
    ignoreHTTPSErrors: true,
    timezoneId: "Europe/Berlin",
  });
  page = await context.newPage();
  found = complaints(page);
});

afterAll(async () => {
  await browser.close();
  await target.close();
});

/** Opens a path of the tenant and waits until what is loading has loaded. */
async function open(path: string): Promise<void> {
  const from = process.env["PICKET_FROM"];
  await page.goto(`${target.url}/${tenant}${path}${from === undefined ? "" : `?from=${from}`}`);
  await settled(page);
}

const rows = () => page.locator('[role="row"][aria-rowindex]:not([aria-rowindex="1"])');

test("a stranger is sent to the sign-in page", async () => {
  await page.goto(`${target.url}/default/networks`);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
});

test("the first-login link makes the administrator and opens Home", async () => {
  if (target.firstLogin === undefined) {
    await page.goto(`${target.url}/login`);
    await page.getByLabel("Name").fill("admin");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
  } else {
    await page.goto(target.firstLogin);
    await page.getByRole("heading", { name: "Welcome to Picket" }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByLabel("Password", { exact: false }).first().fill(password);
    await page.getByLabel("Password again").fill(password);
    await page.getByRole("button", { name: "Start" }).click();
  }
  await page.waitForURL("**/home*");
  tenant = new URL(page.url()).pathname.split("/")[1] ?? "";
  await settled(page);
});

describe("pages", () => {
  test("Home answers in a sentence", async () => {
    await open("/home");
    expect(await page.locator("h1").textContent()).toMatch(/heard|attention|judged|waits?/);
    await page.getByText("Taps capturing").waitFor();
    await page.getByRole("region", { name: "Sites, worst first" }).locator("tbody tr").first().waitFor();
    await inspect(page, "home");
  });

  test("Networks lists names with their BSSs, sorts and filters", async () => {
    await open("/networks");
    expect(await rows().count()).toBeGreaterThan(0);
    await page.keyboard.press("j");
    await page.waitForURL("**sel=**");
    await inspect(page, "networks");
    await page.getByRole("button", { name: "Network", exact: true }).click();
    await page.waitForURL("**sort=name**");
    await page.keyboard.press("Escape");
    await page.getByRole("combobox", { name: /Filter/ }).fill("band:");
    await page.getByRole("option").first().click();
    await page.waitForURL("**q=band:**");
    expect(await page.getByText(/of .* match/).textContent()).toMatch(/\d/);
    await page.getByRole("combobox", { name: /Filter/ }).fill("security:");
    await page.getByRole("option").first().waitFor();
    await page.screenshot({ path: join(shots, "networks-filter.png") });
  });

  test("BSS detail has signal, timeline, channels, fingerprint and clients", async () => {
    await open("/networks");
    await page.keyboard.press("j");
    await page.waitForURL("**sel=**");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/bss/**");
    await settled(page);
    await page.getByRole("region", { name: "Signal waterfall" }).locator("canvas").waitFor();
    await page.getByRole("region", { name: "Channels" }).locator("tbody tr").first().waitFor();
    await inspect(page, "bss");
    await page.getByRole("button", { name: "As table" }).click();
    await page.getByRole("columnheader", { name: "Strongest" }).waitFor();
    for (const tab of ["Clients", "Fingerprint", "Disconnects"]) {
      await page.getByRole("tab", { name: new RegExp(tab) }).click();
      await settled(page);
      expect(await seriousViolations(page), tab).toEqual([]);
    }
    await page.getByRole("tab", { name: /Fingerprint/ }).click();
    await page.screenshot({ path: join(shots, "bss-fingerprint.png") });
  });

  test.each([
    ["clients", "client", /Networks it was in/],
    ["hosts", "host", /Conversations/],
  ])("%s lists, and opens a %s", async (list, detail, heading) => {
    await open(`/${list}`);
    expect(await rows().count()).toBeGreaterThan(0);
    await inspect(page, list);
    await page.keyboard.press("j");
    await page.waitForURL("**sel=**");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/${detail}/**`);
    await settled(page);
    await page.getByRole("heading", { name: heading }).waitFor();
    await inspect(page, detail);
  });

  test("Taps lists, and a tap shows its health", async () => {
    await open("/taps");
    expect(await rows().count()).toBeGreaterThan(0);
    await inspect(page, "taps");
    if (process.env["PICKET_RADIOS"] !== undefined) {
      await page.getByRole("combobox", { name: /Filter/ }).fill("radio:failed");
      await page.keyboard.press("Enter");
      await page.waitForURL("**q=radio:failed**");
      await page.keyboard.press("Escape");
    }
    await page.keyboard.press("j");
    await page.waitForURL("**sel=**");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/tap/**");
    await settled(page);
    await page.getByRole("region", { name: "Health" }).locator("canvas").first().waitFor();
    for (const panel of ["Captures", "Adapters", "Channels", "What happened"])
      await page.getByRole("region", { name: panel, exact: true }).waitFor();
    if (process.env["PICKET_RADIOS"] !== undefined) {
      expect(await page.getByRole("list", { name: "Adapters" }).textContent()).toMatch(/phy0.*Listening.*phy1.*Fails/);
      await page.getByRole("region", { name: "What happened" }).getByText("Failed: phy1").waitFor();
      await page.getByRole("region", { name: "Channels", exact: true }).getByText("21 of 25 heard, 4 blind").waitFor();
    }
    await inspect(page, "tap");
  });

  test("a token is made once, with what to do with it", async () => {
    await open("/enrolment");
    await page.getByRole("button", { name: "Make token" }).click();
    const made = page.locator("code", { hasText: "picket1." });
    await made.first().waitFor();
    expect(await made.first().textContent()).toMatch(/^picket1\./);
    expect(await made.nth(1).textContent()).toContain("tapd -node ");
    expect(await seriousViolations(page)).toEqual([]);
    // The picture is taken without the secret.
    await open("/enrolment");
    await inspect(page, "enrolment");
  });

  test("Ctrl K finds what was heard", async () => {
    await open("/networks");
    const href = await page.locator('[role="row"] a[href*="/bss/"]').first().getAttribute("href");
    const bssid = /\/bss\/([0-9a-f:%A-F]+)/.exec(decodeURIComponent(href ?? ""))?.[1] ?? "";
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: /Find/ }).fill(bssid.toUpperCase().replaceAll(":", "-"));
    await page.getByRole("option").first().waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.screenshot({ path: join(shots, "find.png") });
    await page.keyboard.press("Escape");
  });

  test("on a telephone the pages are a drawer and rows are cards", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open("/networks");
    expect(await seriousViolations(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
    await page.screenshot({ path: join(shots, "networks-390.png") });
    await page.getByRole("button", { name: "Pages" }).click();
    await page.getByRole("dialog").getByRole("link", { name: "Home" }).click();
    await page.waitForURL("**/home*");
    await settled(page);
    await page.screenshot({ path: join(shots, "home-390.png") });
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test("no page complained, and nothing was refused by the content security policy", () => expect(found).toEqual([]));
});
