// What docs/guide/migrating-from-autobahn.md shows to run, runs as it stands there; only the port is put in.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as layer from 'autostrada/autobahn';
import { listen } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { expect, test } from 'vitest';

const guide = readFileSync(path.resolve(import.meta.dirname, '../../docs/guide/migrating-from-autobahn.md'), 'utf8');

test('old and new code can share one session', async () => {
  const router = new Router({ realms: { realm1: 'open' } });
  const listener = await listen(router, { port: 0, host: '127.0.0.1' });
  const [, code = ''] = /^```js\n([\s\S]*?)^```$/m.exec(guide) ?? [];
  const script = code.replace(/^import .*$/m, '').replace('ws://127.0.0.1:8080/ws', listener.url);
  const said: unknown[] = [];
  const AsyncFunction = (async () => {}).constructor as new (...parts: string[]) => (...given: unknown[]) => Promise<void>;
  try {
    await new AsyncFunction('autobahn', 'console', script)(layer, { log: (value: unknown) => said.push(String(value)) });
    expect(said).toEqual([...code.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, text]) => text));
    expect(router.sessions).toEqual([]);
  } finally {
    await listener.close();
    await router.close();
  }
});
