/* In a worker of workerd: the checks run while a request is answered, and their lines are the answer. */
import { run } from './checks.mjs';

export default {
  async fetch(_, { PLATFORM }) {
    const lines = [];
    await run({ ...PLATFORM, print: (line) => lines.push(line) });
    return new Response(lines.join('\n'));
  },
};
