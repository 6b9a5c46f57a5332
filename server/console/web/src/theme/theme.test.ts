import {
  convertCssVariables,
  defaultCssVariablesResolver,
  mergeMantineTheme,
  DEFAULT_THEME,
  type ConvertCSSVariablesInput,
} from "@mantine/core";
import { expect, test } from "vitest";
import { resolver, theme } from "./theme";

// MantineProvider would write these variables into a <style> element, which the
// content security policy refuses. So they are a file, and this test keeps it
// true; `npx vitest run src/theme -u` rewrites it.
test("mantine-variables.css is what the theme and the resolver give", async () => {
  const whole = mergeMantineTheme(DEFAULT_THEME, theme);
  const defaults = defaultCssVariablesResolver(whole);
  const plain = defaultCssVariablesResolver(DEFAULT_THEME);
  const own = resolver(whole);
  const changed = (part: keyof ConvertCSSVariablesInput): Record<string, string> => ({
    ...Object.fromEntries(
      Object.entries(defaults[part]).filter(([name, value]) => new Map(Object.entries(plain[part])).get(name) !== value),
    ),
    ...own[part],
  });
  const css = convertCssVariables({ variables: changed("variables"), light: changed("light"), dark: changed("dark") });
  const lines = css.replaceAll(/([{;}])/g, "$1\n").replaceAll("{\n", " {\n");
  await expect(`/* Written by theme.test.ts from theme.ts. */\n${lines}`).toMatchFileSnapshot("mantine-variables.css");
});
