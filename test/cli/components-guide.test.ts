/* docs/guide/components.md: its files run as they stand there, and its tables have what the types have. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Connection, nextEvent } from 'autostrada';
import { describe, expect, test } from 'vitest';
import { readJson } from '../../src/node/config/json-text.ts';
import { Command, cli, root } from './command.ts';
import { folderWith, PATIENCE } from './up-bench.ts';

const page = readFileSync(path.join(root, 'docs/guide/components.md'), 'utf8');
const block = (language: string): string => new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page)?.[1] ?? '';
const { definitions } = JSON.parse(readFileSync(path.join(root, 'src/node/config/router.schema.json'), 'utf8'));

/** The first column of a table, up to the next heading. */
const rows = (heading: string): readonly string[] => {
  const [own = ''] = page.split(`\n## ${heading}\n`)[1]?.split('\n## ') ?? [];
  return [...own.matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(([, names = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
  );
};

describe.skipIf(process.platform === 'win32')('the guide to components', () => {
  test('[K1] its example runs as it stands there, and prints what it shows', { timeout: 120_000 }, async () => {
    const folder = folderWith({
      'router.json': block('jsonc'),
      'prices.js': block('js'),
      'ticker.sh': block('sh'),
      'package.json': '{"type":"module"}',
    });
    writeFileSync(path.join(folder, 'autostrada'), `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`);
    chmodSync(path.join(folder, 'autostrada'), 0o755);
    const env = { PATH: `${folder}:${process.env.PATH}`, AUTOSTRADA_RUNTIME_DIR: path.join(folder, 'run') };
    const up = new Command([cli, 'up', path.join(folder, 'router.json'), '--port', '0'], env);
    const same = (text: string): string => text.replace(/process \d+/g, 'process #').replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:#');
    const shown = block('console').split('\n').slice(1, -1);
    expect(shown.length).toBeGreaterThan(5);
    for (const line of shown) await expect.poll(() => same(up.stdout + up.stderr).split('\n'), PATIENCE).toContain(same(line));
    const url = /ws:\/\/[^,]+/.exec(up.stdout)?.[0] ?? '';
    const visitor = new Connection({ url, realm: 'shop' });
    expect(await nextEvent(visitor, 'shop.tick', { timeoutMs: 60_000 })).toMatchObject({ args: [3] });
    await visitor.close();
    up.kill('SIGTERM');
    expect((await up.ended).code).toBe(0);
  });

  test('[K1] its tables have every option of a component', () => {
    const own = Object.keys(definitions.ComponentConfig.properties);
    expect([...rows('What a component may have')].sort()).toEqual(own.sort());
    expect([...rows('Restarts')].sort()).toEqual(Object.keys(definitions.RestartConfig.properties).sort());
  });

  test('[K1] its example is a valid file', () => {
    expect('at' in readJson(block('jsonc'), 'config')).toBe(false);
  });
});
