import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

/** Mantine wants ten shades of each colour; ours are tokens, which the scheme already chooses. */
function flat(token: string): MantineColorsTuple {
  const value = `var(${token})`;
  return [value, value, value, value, value, value, value, value, value, value];
}

/** Mantine's sizes and names in terms of tokens.css. */
export const theme = createTheme({
  fontFamily: "var(--font)",
  fontFamilyMonospace: "var(--mono)",
  primaryColor: "accent",
  colors: { accent: flat("--accent-fill") },
  defaultRadius: "md",
  radius: { xs: "var(--r-xs)", sm: "var(--r-sm)", md: "var(--r-md)", lg: "var(--r-lg)", xl: "var(--r-xl)" },
  spacing: { xs: "var(--s1)", sm: "var(--s2)", md: "var(--s3)", lg: "var(--s4)", xl: "var(--s5)" },
  fontSizes: { xs: "var(--fs-11)", sm: "var(--fs-12)", md: "var(--fs-13)", lg: "var(--fs-14)", xl: "var(--fs-16)" },
  lineHeights: { xs: "16px", sm: "16px", md: "20px", lg: "20px", xl: "24px" },
  shadows: { xs: "none", sm: "none", md: "var(--shadow)", lg: "var(--shadow)", xl: "var(--shadow)" },
  respectReducedMotion: true,
});

/** Mantine's colours in terms of tokens.css; the tokens themselves change with the scheme. */
export const resolver: CSSVariablesResolver = () => {
  const scheme = {
    "--mantine-color-body": "var(--canvas)",
    "--mantine-color-text": "var(--text)",
    "--mantine-color-dimmed": "var(--text-3)",
    "--mantine-color-placeholder": "var(--text-3)",
    "--mantine-color-anchor": "var(--accent)",
    "--mantine-color-error": "var(--crit)",
    "--mantine-color-default": "var(--surface)",
    "--mantine-color-default-hover": "var(--surface-2)",
    "--mantine-color-default-color": "var(--text)",
    "--mantine-color-default-border": "var(--line-2)",
    "--mantine-color-disabled": "var(--surface-2)",
    "--mantine-color-disabled-color": "var(--text-3)",
    "--mantine-color-disabled-border": "var(--line)",
    "--mantine-primary-color-filled": "var(--accent)",
    "--mantine-primary-color-filled-hover": "var(--accent-fill)",
    "--mantine-primary-color-contrast": "var(--on-accent)",
  };
  return { variables: {}, light: { ...scheme }, dark: { ...scheme } };
};
