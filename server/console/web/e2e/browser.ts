import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium, type Browser, type Page } from "playwright-core";
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
