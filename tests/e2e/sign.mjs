// Signs and sends calls with the HubSpot functions' own signing module, and prints the statuses.
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const folder = mkdtempSync(join(tmpdir(), "countersign-sign-"));
const outfile = join(folder, "signing.cjs");
const module = fileURLToPath(
  new URL("../../clients/hubspot/src/countersign/signing.ts", import.meta.url),
);
await build({ entryPoints: [module], outfile, bundle: true, platform: "node", format: "cjs" });
const { signed } = createRequire(import.meta.url)(outfile);
rmSync(folder, { recursive: true });

const { url, calls, ...session } = JSON.parse(await text(process.stdin));
const statuses = [];
for (const { method, path, headers, body } of calls) {
  const lower = Object.fromEntries(Object.entries(headers).map(([n, v]) => [n.toLowerCase(), v]));
  const request = { method, url: new URL(url + path), headers: lower, body: body ?? undefined };
  const answer = await fetch(await signed(request, session));
  statuses.push(answer.status);
}
process.stdout.write(JSON.stringify(statuses));
