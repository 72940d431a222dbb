/* A program on its own: Node.js, Bun, Deno. */
import { run } from './checks.mjs';

await run({ ...JSON.parse(process.env.PLATFORM), print: (line) => console.log(line) });
