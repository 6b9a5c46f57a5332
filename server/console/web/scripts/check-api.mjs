// Fails when src/api/schema.d.ts is not what the committed OpenAPI document gives.
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";

const fresh = "node_modules/.cache/schema.fresh.d.ts";
execFileSync("node_modules/.bin/openapi-typescript", ["../../api/openapi.json", "-o", fresh], { stdio: ["ignore", "ignore", "inherit"] });
const same = readFileSync(fresh, "utf8") === readFileSync("src/api/schema.d.ts", "utf8");
rmSync(fresh);
if (!same) {
  console.error("src/api/schema.d.ts has drifted from server/api/openapi.json: run `npm run gen` and commit the result");
  process.exit(1);
}
console.log("schema.d.ts agrees with openapi.json");
