/*
 * The code of docs/guide/history-and-retention.md, as it stands there.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as autostrada from 'autostrada';
import * as node from 'autostrada/node';
import * as router from 'autostrada/router';
import { afterAll, expect, onTestFinished, test } from 'vitest';

const guide = readFileSync(new URL('../../docs/guide/history-and-retention.md', import.meta.url), 'utf8');
const blocks = [...guide.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code]) => code ?? '');
const AsyncFunction = (async () => {}).constructor as new (...code: string[]) => (...given: unknown[]) => Promise<unknown>;

const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-guide-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('[R30] [R29] [R61] [C35] the guide to history, retained events and testaments runs as it is', async () => {
  const [configure, publish, subscribe, forget, late, lookup, pages, testament, flush, store, ...others] = blocks;
  expect(others).toEqual([]);
  const program = `
    ${configure} ${publish}
    await lamp.publish('com.example.chat', ['hello'], null, { acknowledge: true });
    for (let n = 1; n <= 250; n++) lamp.session.publish('com.example.game.7.moves', [n]);
    ${subscribe}
    await lines(1);
    ${late}
    await lamp.publish('com.example.chat', ['bye'], null, { acknowledge: true });
    await lines(3);
    await (async () => { ${lookup} })();
    await (async () => { ${pages} })();
    await lamp.subscribe('com.example.game.7.left', ([who], _, { publisher }) => console.log(who, publisher > 0)).ready;
    ${testament}
    router.kill(player.id);
    await lines(255);
    await (async () => { ${testament} ${flush} })();
    await lamp.call('com.example.flush').catch(() => {}); // an event would have come before its answer
    ${forget}
    await lines(257);
    await router.close();
    ${store?.replace("'data'", JSON.stringify(folder))}
  `;
  const said: string[] = [];
  const log = (...words: unknown[]): void => void said.push(words.join(' ').trim());
  const lines = (count: number): Promise<void> => expect.poll(() => said.length).toBe(count);
  class Connection extends autostrada.Connection {
    constructor(options: autostrada.ConnectionOptions) {
      super({ ...options, retry: false });
      this.on('error', () => {}); // the router kills one of them
      onTestFinished(() => this.close());
    }
  }
  const modules = { autostrada: { Connection }, 'autostrada/node': node, 'autostrada/router': router };
  const code = program.replace(/import (\{.*?\}) from ('.*?');/g, 'const $1 = modules[$2];');
  await new AsyncFunction('modules', 'console', 'lines', code)(modules, { log }, lines);
  expect(said).toEqual([
    'com.example.lamp.kitchen is on (was so before)',
    'hello',
    'bye',
    '3',
    ...Array.from({ length: 250 }, (_, n) => String(n + 1)),
    'joe true',
    'com.example.lamp.kitchen is removed',
    'forgotten: false',
  ]);
});
