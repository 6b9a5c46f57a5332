// Empties the build directory but keeps .gitkeep, which go:embed needs before a build.
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const dir = process.argv[2] ?? "dist";
for (const name of readdirSync(dir)) {
  if (name !== ".gitkeep") rmSync(join(dir, name), { recursive: true });
}
