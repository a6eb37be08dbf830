// Sends calls through the signing module that all app functions share: send.mjs <steps as JSON>
// A step is a call, {"sleep": ms}, {"clock": ms to add to Date.now}, {"env": {name: value}}, or a list
// of lists of steps that run side by side. One process, so that what a warm function remembers shows.
// Bundled as for an upload.
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const folder = mkdtempSync(join(tmpdir(), "countersign-send-"));
const outfile = join(folder, "client.cjs");
const client = fileURLToPath(new URL("../../clients/hubspot/src/countersign/client.ts", import.meta.url));
await build({ entryPoints: [client], outfile, bundle: true, platform: "node", format: "cjs" });
const { call } = createRequire(import.meta.url)(outfile);
rmSync(folder, { recursive: true });

const now = Date.now;
const results = [];
await run(JSON.parse(process.argv[2]));
process.stdout.write(JSON.stringify(results), () => process.exit());

async function run(steps) {
  for (const step of steps) {
    if (Array.isArray(step)) await Promise.all(step.map(run));
    else if (step.sleep) await sleep(step.sleep);
    else if (step.clock) Date.now = () => now() + step.clock;
    else if (step.env) Object.assign(process.env, step.env);
    else results.push(await sent(step));
  }
}

async function sent(request) {
  const started = performance.now();
  const outcome = await call(request).then(
    (value) => ({ ok: true, value }),
    (error) => ({ ok: false, problem: error.problem ?? String(error), retryable: error.retryable }),
  );
  return { ...outcome, ms: performance.now() - started };
}
