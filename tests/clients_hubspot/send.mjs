// Sends calls through the signing module that all app functions share: send.mjs <calls as JSON>
// Bundled as for an upload; one process, so that what a warm function remembers shows.
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const folder = mkdtempSync(join(tmpdir(), "countersign-send-"));
const outfile = join(folder, "client.cjs");
const client = fileURLToPath(new URL("../../clients/hubspot/src/countersign/client.ts", import.meta.url));
await build({ entryPoints: [client], outfile, bundle: true, platform: "node", format: "cjs" });
const { call } = createRequire(import.meta.url)(outfile);
rmSync(folder, { recursive: true });

const results = [];
for (const request of JSON.parse(process.argv[2])) {
  try {
    results.push({ ok: true, value: await call(request) });
  } catch (error) {
    results.push({ ok: false, problem: error.problem ?? String(error), retryable: error.retryable });
  }
}
process.stdout.write(JSON.stringify(results));
