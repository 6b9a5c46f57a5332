// Bundles and runs the fixture server (Node 20 cannot run TypeScript itself).
import { build } from "vite";

await build({
  configFile: false,
  logLevel: "error",
  build: { ssr: "test/fixtures/serve.ts", outDir: "node_modules/.cache/fixtures", emptyOutDir: true, target: "node20" },
});
await import(new URL("../node_modules/.cache/fixtures/serve.js", import.meta.url).href);
