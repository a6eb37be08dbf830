// Calls a built function's `main` and prints which environment variables it read:
// secrets_read.mjs <built function> <parameters>
import { createRequire } from "node:module";

const [file, parameters] = process.argv.slice(2);
const read = new Set();
const { main } = createRequire(import.meta.url)(file);
await fetch("data:,"); // Node's own fetch reads variables of its own when it is first used
const real = process.env;
process.env = new Proxy(real, {
  get: (target, name) => {
    read.add(name);
    return target[name];
  },
});
const result = await main({ parameters: JSON.parse(parameters) });
process.env = real;
process.stdout.write(JSON.stringify({ ok: result.ok, read: [...read].filter((n) => typeof n === "string") }));
