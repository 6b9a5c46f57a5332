// Writes a .br and a .gz sibling beside every compressible file of a build, so
// that a node serves them without compressing anything itself.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dir = process.argv[2] ?? "dist";
const compressible = /\.(js|css|html|svg|json|txt)$/;
let raw = 0;
let gzip = 0;

for (const name of readdirSync(dir, { recursive: true })) {
  const path = join(dir, String(name));
  if (!statSync(path).isFile() || !compressible.test(path)) continue;
  const text = readFileSync(path);
  const gz = gzipSync(text, { level: 9 });
  writeFileSync(path + ".gz", gz);
  writeFileSync(
    path + ".br",
    brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length } }),
  );
  raw += text.length;
  gzip += gz.length;
}
console.log(`precompressed: ${(raw / 1000).toFixed(0)} kB raw, ${(gzip / 1000).toFixed(0)} kB gzip`);
