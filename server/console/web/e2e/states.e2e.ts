// What only the stand-in can show: nothing there, failures, slow answers, a busy
// street, and changes as they come.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tapRefs } from "../test/fixtures/air";
import { startFixtureServer, type FixtureServer } from "../test/fixtures/server";
import { seriousViolations, shots, startBrowser } from "./browser";

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

  describe("a tap's radios", () => {
    const radios = (tenant: string): string => `${server.url}/${tenant}/tap/${tapRefs[1].id}`;
    const shoot = async (name: string): Promise<void> => {
      const { width, height } = page.viewportSize() ?? { width: 1440, height: 900 };
      await page.setViewportSize({ width, height: width < 768 ? 3600 : 2000 }); // the page scrolls within itself
      await page.screenshot({ path: join(shots, `${name}.png`) });
      await page.setViewportSize({ width, height });
    };
    const loaded = async (): Promise<void> => {
      await page.getByRole("region", { name: "What happened" }).getByRole("list").waitFor();
      await page.getByRole("region", { name: "Channel plan" }).waitFor();
      await page.getByRole("region", { name: "Health" }).locator("canvas").first().waitFor();
    };

    test("an adapter that fails shows in the list, and on the page with its cure", async () => {
      await page.goto(`${server.url}/default/taps?q=radio:failed`);
      await page.getByRole("link", { name: tapRefs[1].name }).first().click();
      await loaded();
      const adapters = page.getByRole("region", { name: "Adapters" });
      expect(await adapters.getByRole("listitem").count()).toBe(5);
      expect(await adapters.getByRole("listitem").nth(2).textContent()).toMatch(/phy2.*Fails.*powered hub/);
      expect(await adapters.getByRole("listitem").nth(0).textContent()).toMatch(/phy0.*Listening.*36–64, 100–144, 149–165/);
      expect(await page.getByRole("region", { name: "What is wrong" }).textContent()).toContain("Adapter phy2 does not listen");
      for (const scheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor();
        expect(await seriousViolations(page), scheme).toEqual([]);
        await shoot(`tap-radios-${scheme}`);
      }
      await page.emulateMedia({ colorScheme: "light" });
    });

    test("a channel that nobody listens to is blind, in the plan and in the table", async () => {
      await page.goto(radios("default"));
      await loaded();
      const channels = page.getByRole("region", { name: "Channels", exact: true });
      expect(await channels.textContent()).toContain("17 of 25 heard, 4 too little, 4 blind");
      await channels.getByRole("button", { name: "As table" }).click();
      const row = channels.getByRole("row", { name: /5 GHz 120 / });
      expect(await row.textContent()).toMatch(/Blind.*never.*unknown/);
      expect(await seriousViolations(page)).toEqual([]);
      await shoot("tap-radios-table");
    });

    test("events are chosen by kind, in the URL, and read page by page", async () => {
      await page.goto(radios("default"));
      await loaded();
      const panel = page.getByRole("region", { name: "What happened" });
      expect(await panel.getByRole("listitem").count()).toBe(50);
      await panel.getByRole("button", { name: "Show older" }).click();
      await panel.getByRole("listitem").nth(99).waitFor();
      await panel.getByRole("button", { name: "Rules and settings" }).click();
      await page.waitForURL("**q=rules**");
      await panel.getByText("Rules changed").waitFor();
      expect(await panel.getByRole("listitem").count()).toBe(2);
    });

    test("what happened to all taps names them, and is empty where nothing did", async () => {
      await page.goto(`${server.url}/default/taps`);
      await page.getByRole("button", { name: "What happened" }).click();
      await page.waitForURL("**tab=events**");
      const panel = page.getByRole("region", { name: "What happened" });
      await panel.getByRole("button", { name: "Trouble" }).click();
      await panel.getByText("Failed: phy2 at back-office").waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      await shoot("taps-events");
      await page.goto(`${server.url}/empty/taps?tab=events`);
      await panel.getByText("Nothing happened to any tap").waitFor();
      await page.getByRole("button", { name: "Taps", exact: true }).click();
      await page.getByText("No tap here yet").waitFor();
    });

    test("a change is read again while the page is open", async () => {
      await page.goto(radios("default"));
      await loaded();
      const asked = ["/events?", "/coverage?"].map((part) => page.waitForRequest((r) => r.url().includes(part), { timeout: 15_000 }));
      server.changed(["taps"]);
      await Promise.all(asked);
    });

    test("a tap without radios says so, and looks at nothing as heard", async () => {
      await page.goto(`${server.url}/default/tap/${tapRefs[0].id}`);
      await page.getByText("It has told of no radio").waitFor();
      await page.getByText("nothing is known of the air through it").waitFor();
      await page.getByText("Nothing happened to this tap").waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      await shoot("tap-no-radio");
    });

    test("a silent tap's radios are not known to listen", async () => {
      await page.goto(`${server.url}/default/tap/${tapRefs[2].id}`);
      const adapters = page.getByRole("region", { name: "Adapters" });
      await adapters.getByText("Unknown", { exact: true }).waitFor();
      expect(await adapters.getByText("Listening", { exact: true }).count()).toBe(0);
      await shoot("tap-silent");
    });

    test("loading and failing, the page keeps its shape", async () => {
      await page.goto(radios("slow"));
      await page.getByRole("status", { name: "Loading" }).first().waitFor();
      await loaded();
      await page.goto(radios("broken"));
      expect(await page.getByRole("alert").first().textContent()).toMatch(/database does not answer.*Try again/);
    });

    test("on a telephone nothing is wider than the screen", async () => {
      await page.setViewportSize({ width: 390, height: 844 });
      await page.goto(radios("default"));
      await loaded();
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
      expect(await seriousViolations(page)).toEqual([]);
      await shoot("tap-radios-390");
      await page.goto(`${server.url}/default/taps`);
      await page.getByText("2 of 5 listening, one fails").or(page.getByText("does not listen")).first().waitFor();
      await shoot("taps-390");
      await page.setViewportSize({ width: 1440, height: 900 });
    });
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
