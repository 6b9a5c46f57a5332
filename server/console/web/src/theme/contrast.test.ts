import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync(new URL("tokens.css", import.meta.url), "utf8");

/** The tokens of one scheme that are plain colours. */
function scheme(name: "light" | "dark"): Map<string, string> {
  const block = new RegExp(`color-scheme="${name}"\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? "";
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1] ?? "", m[2] ?? ""]));
}

/** Relative luminance (WCAG 2.1). */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (high + 0.05) / (low + 0.05);
}

const severities = ["crit", "high", "med", "low", "info", "ok", "accent"];
const pairs: [string, string, number][] = [
  ...["text", "text-2", "text-3"].flatMap((f) =>
    ["canvas", "surface", "surface-2", "accent-bg"].map((b): [string, string, number] => [f, b, 4.5]),
  ),
  ...[...severities, "none"].flatMap((f) => ["surface", "canvas"].map((b): [string, string, number] => [f, b, 4.5])),
  ...severities.map((f): [string, string, number] => [f, `${f}-bg`, 4.5]),
  ["on-accent", "accent-fill", 4.5],
  ["on-crit", "crit-fill", 4.5],
  ["text-2", "high-bg", 4.5],
  ["text-2", "crit-bg", 4.5],
  ["text-2", "med-bg", 4.5],
  ["canvas", "text", 4.5],
  ...["control", "crit-fill", "high-fill", "ok-fill", "low-fill", "series-1", "series-2", "series-3", "series-4", "series-5"].map(
    (f): [string, string, number] => [f, "surface", 3],
  ),
];

describe.each(["light", "dark"] as const)("%s", (name) => {
  const tokens = scheme(name);
  test.each(pairs)("%s on %s is at least %d", (front, back, least) => {
    expect(contrast(tokens.get(front) ?? "", tokens.get(back) ?? "")).toBeGreaterThanOrEqual(least);
  });
});
