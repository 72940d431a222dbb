/* Every fragment of docs/guide/getting-started.md runs, and prints what its comments say. Its programs are run by test/package/readme.test.ts. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ApplicationError, type Connection } from 'autostrada';
import { describe, expect, it } from 'vitest';
import { freshBench } from '../fixtures/matrix.ts';

const guide = readFileSync(path.resolve(import.meta.dirname, '../../docs/guide/getting-started.md'), 'utf8');
const fragments = [...guide.matchAll(/^```js\n([\s\S]*?)^```$/gm)]
  .map(([, code = '']) => code)
  .filter((code) => !code.includes('new Connection(') && !code.includes('new Router('))
  .map((code) => code.replace("import { ApplicationError } from 'autostrada';\n", ''));

const AsyncFunction = (async () => {}).constructor as new (
  ...parametersAndCode: string[]
) => (connection: Connection, console: object, error: typeof ApplicationError) => Promise<void>;

describe('[H12] the first guide', () => {
  const bench = freshBench();

  it.each(fragments)('does what it says: %s', async (code) => {
    const printed: string[] = [];
    const run = new AsyncFunction('connection', 'console', 'ApplicationError', code);
    const connection = bench.connect();
    await run(connection, { log: (value: unknown) => printed.push(String(value)) }, ApplicationError);
    const said = [...code.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].flatMap(([, text]) => text?.split(', then '));
    expect(said.length).toBeGreaterThan(0);
    expect(printed).toEqual(said);
  });

  it('has four fragments', () => expect(fragments.length).toBe(4));
});
