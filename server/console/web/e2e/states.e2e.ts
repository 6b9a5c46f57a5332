// What only the stand-in can show: nothing there, failures, slow answers, a busy
// street, and changes as they come.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFixtureServer, type FixtureServer } from "../test/fixtures/server";
import { seriousViolations, startBrowser } from "./browser";

const shots = process.env["PICKET_SHOTS"] ?? "test-results";
const real = (process.env["PICKET_URL"] ?? "") !== "";

describe.skipIf(real)("states", () => {
  let server: FixtureServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true });
    server = await startFixtureServer("dist");
    browser = await startBrowser();
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.addCookies([{ name: "picket_session", value: "fixture", url: server.url }]);
    page = await context.newPage();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  test.each(["home", "networks", "clients", "hosts", "taps"])("an empty %s says what will appear, and offers one action", async (path) => {
    await page.goto(`${server.url}/empty/${path}`);
    await page.locator("main h2").first().waitFor();
    expect(await page.locator("main a, main button").count()).toBeGreaterThan(0);
    expect(await seriousViolations(page)).toEqual([]);
    await page.screenshot({ path: join(shots, `empty-${path}.png`) });
  });

  test("a failure says what failed, what still works, and retries", async () => {
    await page.goto(`${server.url}/broken/networks`);
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(/database does not answer.*Try again/);
    expect(await seriousViolations(page)).toEqual([]);
    await page.screenshot({ path: join(shots, "error-networks.png") });
  });

  test("loading shows the final layout, not a spinner", async () => {
    await page.goto(`${server.url}/slow/networks`);
    await page.getByRole("status", { name: "Loading" }).waitFor();
    await page.locator('[role="treegrid"]').waitFor();
  });

  test("3,000 networks are a few dozen rows in the document, and filter in a moment", async () => {
    await page.goto(`${server.url}/busy/networks`);
    await page.locator('[role="treegrid"]').waitFor();
    expect(await page.locator('[role="row"]').count()).toBeLessThan(80);
    const input = page.getByRole("combobox", { name: /Filter/ });
    await input.fill("Neighbour 2999");
    const start = Date.now();
    await input.press("Enter");
    await page.getByText("1 of 3,023 match").waitFor();
    expect(Date.now() - start).toBeLessThan(1500);
  });

  test("one stream serves all tabs, and a change reads again only what changed", async () => {
    await page.goto(`${server.url}/default/clients`);
    await page.locator('[role="grid"]').waitFor();
    const second = await page.context().newPage();
    await second.goto(`${server.url}/default/hosts`);
    await second.locator('[role="grid"]').waitFor();
    expect(server.streams()).toBe(1);
    await second.close();
    await page.mouse.move(0, 0);
    const asked = page.waitForRequest((r) => r.url().includes("/clients?"), { timeout: 15_000 });
    server.changed(["clients"]);
    await asked;
  });

  test("rows do not jump under the pointer: what is new waits to be asked for", async () => {
    await page.goto(`${server.url}/default/networks`);
    const first = page.locator('[role="row"][aria-rowindex="2"]');
    await first.waitFor();
    const before = await first.textContent();
    await first.hover();
    server.addNetwork();
    const again = page.waitForResponse((r) => r.url().includes("/bss?"), { timeout: 15_000 });
    server.changed(["bss"]);
    await again;
    const fresh = page.getByRole("button", { name: "1 new" });
    await fresh.waitFor();
    expect(await first.textContent()).toBe(before);
    await fresh.click();
    await page.getByText("Just arrived 1").waitFor();
    expect(await first.textContent()).toContain("Just arrived 1");
  });

  test("a session that ends leads to the sign-in page, and from there back", async () => {
    await page.goto(`${server.url}/default/hosts?q=vlan:20`);
    await page.locator('[role="grid"]').waitFor();
    const cookies = await page.context().cookies();
    await page.context().clearCookies();
    server.changed(["hosts"]);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.context().addCookies(cookies);
    await page.getByLabel("Name").fill("admin");
    await page.getByLabel("Password").fill("any");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL("**/default/hosts?q=vlan:20");
    await page.locator('[role="grid"]').waitFor();
  });

  test("another tenant's rows are never shown, not even while loading", async () => {
    await page.goto(`${server.url}/default/clients`);
    await page.locator('[role="grid"]').waitFor();
    await page.getByRole("button", { name: /^Tenant/ }).click();
    await page.getByRole("menuitem", { name: "Slow" }).click();
    await page.waitForURL("**/slow/home");
    expect(await page.getByText("Branch harbour").count()).toBe(0);
  });

  test("a range dragged over a chart is the range of the console", async () => {
    await page.goto(`${server.url}/default/bss/00:00:5e:00:53:00?from=-3h`);
    const canvas = page.locator("canvas").first();
    await canvas.waitFor();
    const box = await canvas.boundingBox();
    if (!box) throw new Error("the canvas has no box");
    await page.mouse.move(box.x + 200, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + 400, box.y + 60, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/from=20\d\d-.*to=20\d\d-/);
    await page.getByRole("button", { name: "Past" }).click();
    await page.waitForURL((url) => !url.search.includes("from="));
  });
});
