// Calls a built function's `main` with each context, one after the other, and prints the results:
// contexts.mjs <built function> <contexts as JSON>
import { createRequire } from "node:module";

const [file, contexts] = process.argv.slice(2);
const { main } = createRequire(import.meta.url)(file);
const results = [];
for (const context of JSON.parse(contexts)) results.push(await main(context));
process.stdout.write(JSON.stringify(results));
