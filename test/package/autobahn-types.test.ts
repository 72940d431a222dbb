/*
 * Who wrote TypeScript against @types/autobahn changes the import and nothing else: one program, compiled by both, under `strict` and with the
 * declarations checked, too.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requireBuild } from './pack.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const program = readFileSync(path.join(import.meta.dirname, 'autobahn-program/main.ts'), 'utf8');
let folder: string;
beforeAll(() => {
  requireBuild();
  folder = mkdtempSync(path.join(tmpdir(), 'autostrada-types-'));
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(root, path.join(folder, 'node_modules/autostrada'), 'junction');
  symlinkSync(path.join(root, 'node_modules/@types'), path.join(folder, 'node_modules/@types'), 'junction');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function compile(code: string, module: 'es2022' | 'nodenext'): string {
  const compilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: false,
    target: 'es2022',
    lib: ['es2022', 'dom'],
    types: [],
    module,
    moduleResolution: module === 'nodenext' ? 'nodenext' : 'bundler',
  };
  writeFileSync(path.join(folder, 'main.ts'), code);
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }));
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [tsc, '-p', '.'], { cwd: folder, encoding: 'utf8' }).stdout;
}
const changed = program.replaceAll("from 'autobahn'", "from 'autostrada/autobahn'");

test('the program compiles against @types/autobahn', () => {
  expect(compile(program, 'es2022')).toBe('');
});

test.each(['es2022', 'nodenext'] as const)('with the import changed it compiles against ours, as %s', (module) => {
  expect(compile(changed, module)).toBe('');
});

test('the default import has the values and the types of the layer', () => {
  const code = `import autobahn from 'autostrada/autobahn';
const options: autobahn.IConnectionOptions = { url: 'ws://127.0.0.1/', realm: 'realm1', upgrades: { restore: true, liveness: {}, retry_on_goodbye: true } };
const connection = new autobahn.Connection(options);
connection.native.subscribe('com.example.t', ([n]: [number]) => console.log(n.toFixed()));
export const made: autobahn.IError = new autobahn.Error('com.example.error');
const call: autobahn.CallPromise<number> = connection.session.call<number>('com.example.p');
call.cancel({ mode: 'kill' });
autobahn.when.all([call]).then(([n]) => n);
`;
  expect(compile(code.replace('connection.session.', 'connection.session!.'), 'es2022')).toBe('');
});

test('the deep import of RawSocket has types that need no types of Node.js', () => {
  const code = `import { Factory, Protocol, ProtocolError, type ProtocolOptions } from 'autostrada/autobahn/lib/transport/rawsocket.js';
const stream = { on: (event: string, listener: () => void) => event + listener, write: (octets: Uint8Array) => octets.length, end() {} };
const options: ProtocolOptions = { autoping: 10_000, ping_timeout: false };
const protocol = new Protocol(stream, options);
protocol.on('data', ([type]: [number]) => type.toFixed()).once('error', (error: ProtocolError) => error.message);
protocol.write([1, 'realm1', {}]);
protocol.write('hi', protocol.MSGTYPES.PING, () => {});
export const closed: boolean = protocol.close() === Protocol.prototype.STATUS.CLOSED;
export const { info } = new Factory({ port: 8080 }).create();
`;
  for (const module of ['es2022', 'nodenext'] as const) expect(compile(code, module)).toBe('');
});
