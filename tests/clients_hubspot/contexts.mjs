// Calls a built function's `main` with each context, one after the other, and prints each result with
// the milliseconds that it took: contexts.mjs <built function> <contexts as JSON>
import { createRequire } from "node:module";

const [file, contexts] = process.argv.slice(2);
const { main } = createRequire(import.meta.url)(file);
const done = [];
for (const context of JSON.parse(contexts)) {
  const started = performance.now();
  const result = await main(context);
  done.push({ result, ms: performance.now() - started });
}
process.stdout.write(JSON.stringify(done), () => process.exit());
