/** Builds the folder that HubSpot receives: `node clients/hubspot/build.mjs [folder]`. */
import { cp, readdir, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src", "app");
const target = join(resolve(process.argv[2] ?? join(here, "dist")), "app");

const functions = (await readdir(join(source, "functions")))
  .filter((name) => name.endsWith(".ts"))
  .map((name) => join(source, "functions", name));

await rm(target, { recursive: true, force: true });
await cp(source, target, { recursive: true, filter: (path) => !path.endsWith(".ts") });
// One file each: an app function cannot import its neighbours once it is uploaded.
await build({
  entryPoints: functions,
  outdir: join(target, "functions"),
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  logLevel: "warning",
});
console.log(`built ${functions.map((path) => basename(path, ".ts")).join(", ")} into ${target}`);
