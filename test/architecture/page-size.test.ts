import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const PAGE = join(import.meta.dirname, "../../dist/ui");
const GZIP_BYTES_MAX = 200_000;

test("the built page is under 200 kB gzip, all its files together (npm run build:ui makes it)", () => {
  const files = readdirSync(PAGE, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const bytes = files.map(({ parentPath, name }) => gzipSync(readFileSync(join(parentPath, name))).length);
  expect(files.length).toBeGreaterThan(1);
  expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(GZIP_BYTES_MAX);
});
