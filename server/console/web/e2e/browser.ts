import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { expect } from "vitest";
import { z } from "zod";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Starts the machine's Chromium. PICKET_CHROMIUM names another one. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env["PICKET_CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

const axeResult = z.object({
  violations: z.array(
    z.object({
      id: z.string(),
      impact: z.string().nullish(),
      help: z.string(),
      nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })),
    }),
  ),
});

/** What axe finds against WCAG 2.1 A and AA that is serious or critical, a line each. */
export async function seriousViolations(page: Page): Promise<string[]> {
  // evaluate runs through the debugger, and so past the content security policy.
  await page.evaluate(axeSource);
  const raw: unknown = await page.evaluate('axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] })');
  return axeResult
    .parse(raw)
    .violations.filter((v) => v.impact === "serious" || v.impact === "critical")
    .flatMap((v) =>
      v.nodes.map((n) => `${v.id}: ${v.help}: ${n.html.slice(0, 200)} ${n.failureSummary?.replaceAll(/\s+/g, " ").slice(0, 220) ?? ""}`),
    );
}

/** Collects what a page complains about: errors, and what the content security policy refused. */
export function complaints(page: Page): string[] {
  const found: string[] = [];
  page.on("pageerror", (error) => found.push(`error: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    if (/Content Security Policy|Refused to/.test(text) || (message.type() === "error" && !text.startsWith("Failed to load resource")))
      found.push(`console: ${text}`);
  });
  return found;
}

/** Where screenshots go. */
export const shots = process.env["PICKET_SHOTS"] ?? "test-results";

/** Waits until what is loading has loaded. */
export async function settled(page: Page): Promise<void> {
  await page.locator("h1, main h2").first().waitFor();
  await page.waitForFunction(() => document.querySelector('[role="status"][aria-label="Loading"]') === null);
  await page.evaluate(() => document.fonts.ready);
}

/** axe in both schemes, and a picture of each. whole: of all of the page, which scrolls within itself. */
export async function inspect(page: Page, name: string, { whole = false } = {}): Promise<void> {
  mkdirSync(shots, { recursive: true });
  const size = page.viewportSize() ?? { width: 1440, height: 900 };
  if (whole) {
    const inside = await page.evaluate(() => document.querySelector("main")?.scrollHeight ?? 0);
    await page.setViewportSize({ width: size.width, height: Math.max(size.height, Math.min(3000, inside + 60)) });
  }
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor();
    expect(await seriousViolations(page), `${name}, ${scheme}`).toEqual([]);
    await page.screenshot({ path: join(shots, scheme === "light" ? `${name}.png` : `${name}-dark.png`) });
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(size);
}

/** By how many pixels a page is wider than its window: 0 on every page. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth));
}
