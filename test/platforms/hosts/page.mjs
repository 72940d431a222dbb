/* In a page: chromium.mjs gives what it needs, and prints. */
import { Connection } from 'autostrada';
import { run } from './checks.mjs';

globalThis.runChecks = ({ forbidden, ...host }) =>
  run({
    ...host,
    print: (line) => globalThis.print(line),
    also: {
      async 'a Content-Security-Policy that forbids the router'({ connect, equal, failure }) {
        const error = await failure(connect({ url: forbidden, retry: false }).open());
        equal(/a Content-Security-Policy forbids it/.test(error.message), true);
        equal(typeof Connection, 'function');
      },
    },
  });
