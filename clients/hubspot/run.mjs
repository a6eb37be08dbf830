/**
 * Runs a built app function as HubSpot's dev server would, and prints its result as JSON:
 *
 *     node clients/hubspot/run.mjs [--dist folder] stock '{"sku": "TEE-M"}'
 *
 * The function sees the secrets that its hsmeta declares, from this environment, and nothing else.
 * HubSpot's executor (@hubspot/app-functions-dev-server) stops at platform 2025.1 and that version's
 * folder layout, so the built folder is laid out so for it; how `main` is called has not changed.
 */
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const require = createRequire(import.meta.url);
const here = dirname(fileURLToPath(import.meta.url));
const { values, positionals } = parseArgs({
  options: { dist: { type: "string", default: join(here, "dist") } },
  allowPositionals: true,
});
const [name, parameters = "{}"] = positionals;
if (name === undefined) {
  console.error("usage: node clients/hubspot/run.mjs [--dist folder] <function> [parameters as JSON]");
  process.exit(2);
}

// What the function logs must not mix with its result.
console.log = console.info = console.debug = console.warn = console.error;

const built = join(resolve(values.dist), "app", "functions");
const { config } = await declarationOf(name);
const app = await mkdtemp(join(tmpdir(), "countersign-functions-"));
try {
  await cp(built, join(app, "app.functions"), { recursive: true });
  const declared = { file: basename(config.entrypoint), secrets: config.secretKeys };
  await writeFile(
    join(app, "app.functions", "serverless.json"),
    JSON.stringify({ appFunctions: { [name]: declared } }),
  );
  await mkdir(join(app, "empty"));
  process.chdir(join(app, "empty")); // the executor would read a .env file in the current folder
  keepOnly(config.secretKeys);
  const { executeFunction } = executor();
  await executeFunction(
    { app: { path: app }, accountId: 1, functionTimeoutMs: 15_000, platformVersion: "2025.1", logger: console },
    name,
    { parameters: JSON.parse(parameters) },
    (/** @type {unknown} */ result) => process.stdout.write(`${JSON.stringify(result)}\n`),
  );
} finally {
  process.chdir(here);
  await rm(app, { recursive: true, force: true });
}

/** The hsmeta of an app function, found by its uid. */
async function declarationOf(/** @type {string} */ uid) {
  const metas = (await readdir(built)).filter((file) => file.endsWith("-hsmeta.json"));
  for (const meta of metas) {
    const declaration = JSON.parse(await readFile(join(built, meta), "utf8"));
    if (declaration.uid === uid) return declaration;
  }
  throw new Error(`no function ${uid} in ${built}`);
}

/** HubSpot gives a function its declared secrets; a forgotten one must show here, not there. */
function keepOnly(/** @type {string[]} */ names) {
  for (const key of Object.keys(process.env)) {
    if (!names.includes(key)) delete process.env[key];
  }
}

/** The dev server's executor, without the error reporter that would send errors to HubSpot. */
function executor() {
  const reporter = require.resolve("@hubspot/app-functions-dev-server/dist/errorReporter.js");
  const quiet = Object.assign(new (require("node:module"))(reporter), { loaded: true });
  quiet.exports = { reportError: console.error };
  require.cache[reporter] = quiet;
  return require("@hubspot/app-functions-dev-server/dist/executor.js");
}
