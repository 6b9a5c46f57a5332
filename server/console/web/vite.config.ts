import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// PICKET_NODE is where `npm run dev` finds a node (or the fixture server).
const node = process.env["PICKET_NODE"] ?? "http://127.0.0.1:8099";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: false, // dist/.gitkeep is committed; scripts/clean.mjs empties the rest
    assetsInlineLimit: 0, // the content security policy allows no data: address
    modulePreload: { polyfill: false },
    target: "es2022",
    reportCompressedSize: false,
  },
  worker: { format: "es" },
  server: { proxy: { "/api": { target: node, secure: false } } },
});
