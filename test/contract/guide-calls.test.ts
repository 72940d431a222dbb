/* Every block of docs/guide/calls.md runs, and prints what the comments behind its `console.log` say. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ApplicationError, type Connection } from 'autostrada';
import { describe, expect, it } from 'vitest';
import { freshBench } from '../fixtures/matrix.ts';

const guide = readFileSync(path.resolve(import.meta.dirname, '../../docs/guide/calls.md'), 'utf8');
const [, prelude = ''] = /^```js\n([\s\S]*?)^```$/m.exec(guide) ?? [];
const blocks = [...guide.slice(guide.indexOf(prelude)).matchAll(/^## (.*)$|^```js\n([\s\S]*?)^```$/gm)].reduce<
  [title: string, code: string][]
>((found, [, title, code]) => {
  if (title !== undefined) found.push([title, '']);
  else found.push([found.at(-1)?.[0] ?? '', code ?? '']);
  return found;
}, []);

const AsyncFunction = (async () => {}).constructor as new (
  ...parametersAndCode: string[]
) => (service: Connection, client: Connection, console: object, error: typeof ApplicationError) => Promise<void>;

describe('the guide to calls', () => {
  const bench = freshBench();

  it('begins with the code that every block needs', () => {
    expect(prelude).toMatch(/import .*Connection.*\n.*\n\nconst router = .*\nconst \[service, client\] = /);
  });

  it.each(blocks.filter(([, code]) => code !== ''))('does what it says: %s', async (_, code) => {
    const printed: string[] = [];
    const run = new AsyncFunction('service', 'client', 'console', 'ApplicationError', code);
    await run(bench.connect(), bench.connect(), { log: (value: unknown) => printed.push(String(value)) }, ApplicationError);
    const said = [...code.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].flatMap(([, text]) => text?.split(', then '));
    expect(said.length).toBeGreaterThan(0);
    expect(printed).toEqual(said);
  });

  it('has a block for each of its topics', () => {
    const titles = blocks.filter(([, code]) => code !== '').map(([title]) => title);
    expect(titles).toEqual([
      'Progress',
      'Cancel',
      'Timeout',
      'Waiting for a callee',
      'Input in pieces',
      'Load balancing',
      'Passing on',
    ]);
  });
});
