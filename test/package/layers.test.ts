/*
 * The linter keeps the layers of docs/architecture.md. Here each of its rules is broken on purpose: a file per place, a line per
 * import, in a folder shaped like src/, linted by our own .biome.json.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(path.join(tmpdir(), 'autostrada-layers-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Lines {
  readonly allowed: readonly string[];
  readonly refused: readonly string[];
}
const everyLayer = [
  '../client/a.ts',
  '../router/a.ts',
  '../node/a.ts',
  '../nats/a.ts',
  '../cli/a.ts',
  '../index.ts',
  '../script.ts',
];
const argon2 = '@noble/hashes/argon2.js';
const crypto = ['fast-sha256', 'tweetnacl', argon2];
const everyPackage = [
  'node:fs',
  'ws',
  'sirv',
  'classic-level',
  'isomorphic-ws',
  'msgpackr',
  'autostrada',
  'autostrada/router',
  ...crypto,
];
const but = (list: readonly string[], ...left: readonly string[]) => list.filter((item) => !left.includes(item));
/** The same, as a file in a room of a layer writes it. */
const deeper = (list: readonly string[]) => list.map((item) => `../${item}`);

const imports: Readonly<Record<string, Lines>> = {
  'src/base/x.ts': {
    allowed: ['./a.ts'],
    refused: [...everyLayer, '../link/link.ts', '../protocol/a.ts', '../serializer/a.ts', '../transport/a.ts', ...everyPackage],
  },
  'src/protocol/x.ts': {
    allowed: ['./a.ts', '../base/errors.ts', '../base/words.ts'],
    refused: [...everyLayer, ...everyPackage, '../serializer/a.ts', '../transport/a.ts', '../auth/a.ts', '../link/link.ts'],
  },
  'src/serializer/x.ts': {
    allowed: ['./a.ts', '../base/errors.ts', '../base/words.ts'],
    refused: [...everyLayer, ...everyPackage, '../protocol/a.ts', '../transport/a.ts', '../link/link.ts'],
  },
  'src/serializer/msgpackr.ts': {
    allowed: ['./a.ts', 'msgpackr'],
    refused: [...everyLayer, ...but(everyPackage, 'msgpackr'), '../protocol/a.ts', '../transport/a.ts', '../link/link.ts'],
  },
  'src/serializer/bytes/x.ts': {
    allowed: ['./a.ts'],
    refused: [
      '../a.ts',
      '../codecs/a.ts',
      '../formats/a.ts',
      '../../base/errors.ts',
      '../../client/a.ts',
      '../../router/a.ts',
      '../../index.ts',
      '../../protocol/a.ts',
      '../../transport/a.ts',
      '../../link/link.ts',
      ...everyPackage,
    ],
  },
  'src/serializer/codecs/x.ts': {
    allowed: ['./a.ts', '../bytes/a.ts', '../../base/errors.ts'],
    refused: [
      '../a.ts',
      '../formats/a.ts',
      '../../client/a.ts',
      '../../router/a.ts',
      '../../index.ts',
      '../../protocol/a.ts',
      '../../transport/a.ts',
      '../../link/link.ts',
      ...everyPackage,
    ],
  },
  'src/serializer/formats/x.ts': {
    allowed: ['./a.ts', './scan/a.ts', './translate/a.ts', '../a.ts', '../bytes/a.ts', '../codecs/a.ts', '../../base/errors.ts'],
    refused: [
      '../../client/a.ts',
      '../../router/a.ts',
      '../../index.ts',
      '../../protocol/a.ts',
      '../../transport/a.ts',
      '../../link/link.ts',
      ...everyPackage,
    ],
  },
  'src/serializer/formats/scan/x.ts': {
    allowed: ['./a.ts', '../../bytes/a.ts', '../../../base/errors.ts'],
    refused: [
      '../a.ts',
      '../../a.ts',
      '../../../client/a.ts',
      '../../../router/a.ts',
      '../../../index.ts',
      '../../../protocol/a.ts',
      '../../../transport/a.ts',
      '../../../link/link.ts',
      ...everyPackage,
    ],
  },
  'src/serializer/formats/translate/x.ts': {
    allowed: ['./a.ts', '../../bytes/a.ts', '../../codecs/a.ts', '../../../base/errors.ts'],
    refused: [
      '../a.ts',
      '../../a.ts',
      '../../../client/a.ts',
      '../../../router/a.ts',
      '../../../index.ts',
      '../../../protocol/a.ts',
      '../../../transport/a.ts',
      '../../../link/link.ts',
      ...everyPackage,
    ],
  },
  'src/transport/platform/x.ts': {
    allowed: ['./a.ts', '../../base/errors.ts'],
    refused: [
      '../a.ts',
      '../../serializer/serializer.ts',
      '../../client/a.ts',
      '../../router/a.ts',
      '../../index.ts',
      '../../protocol/a.ts',
      '../../transport/a.ts',
      '../../link/link.ts',
      ...everyPackage,
    ],
  },
  'src/transport/x.ts': {
    allowed: ['./a.ts', '../base/errors.ts', '../base/words.ts', '../serializer/serializer.ts', 'isomorphic-ws'],
    refused: [...everyLayer, ...but(everyPackage, 'isomorphic-ws'), '../protocol/a.ts', '../serializer/json.ts', '../link/link.ts'],
  },
  'src/auth/x.ts': {
    allowed: ['./a.ts', '../base/errors.ts', '../base/options.ts', '../base/words.ts', '../serializer/bytes/base64.ts', argon2],
    refused: [
      ...everyLayer,
      ...but(everyPackage, argon2),
      '../protocol/a.ts',
      '../transport/a.ts',
      '../serializer/json.ts',
      '../link/link.ts',
    ],
  },
  'src/auth/crypto/x.ts': {
    allowed: [
      './a.ts',
      '../../base/errors.ts',
      '../../serializer/bytes/base64.ts',
      '../../serializer/bytes/byte-at.ts',
      'fast-sha256',
      'tweetnacl',
    ],
    refused: [
      '../a.ts',
      '../proofs/a.ts',
      '../methods/a.ts',
      '../../client/a.ts',
      '../../router/a.ts',
      '../../index.ts',
      '../../protocol/a.ts',
      '../../serializer/json.ts',
      '../../link/link.ts',
      ...but(everyPackage, 'fast-sha256', 'tweetnacl'),
    ],
  },
  'src/auth/proofs/x.ts': {
    allowed: ['./a.ts', '../crypto/a.ts', '../../base/errors.ts', '../../serializer/bytes/base64.ts'],
    refused: [
      '../a.ts',
      '../methods/a.ts',
      '../../client/a.ts',
      '../../router/a.ts',
      '../../index.ts',
      '../../protocol/a.ts',
      '../../serializer/json.ts',
      '../../link/link.ts',
      ...everyPackage,
    ],
  },
  'src/auth/methods/x.ts': {
    allowed: [
      './a.ts',
      '../a.ts',
      '../crypto/a.ts',
      '../proofs/a.ts',
      '../../base/errors.ts',
      '../../base/words.ts',
      '../../serializer/bytes/base64.ts',
    ],
    refused: [
      '../../client/a.ts',
      '../../router/a.ts',
      '../../router/session/a.ts',
      '../../index.ts',
      '../../protocol/a.ts',
      '../../transport/a.ts',
      '../../link/link.ts',
      ...everyPackage,
    ],
  },
  'src/link/x.ts': {
    allowed: ['./a.ts', '../base/a.ts', '../protocol/a.ts', '../serializer/a.ts', '../transport/a.ts'],
    refused: [...everyLayer, '../auth/a.ts', ...everyPackage],
  },
  'src/client/x.ts': {
    allowed: [
      './a.ts',
      '../link/link.ts',
      '../base/errors.ts',
      '../protocol/a.ts',
      '../serializer/json.ts',
      '../transport/websocket.ts',
      '../auth/a.ts',
    ],
    refused: [...but(everyLayer, '../client/a.ts'), ...everyPackage, '../serializer/msgpack.ts', '../serializer/cbor.ts'],
  },
  'src/client/features/durable/x.ts': {
    allowed: ['./a.ts', '../a.ts', '../../kernel/a.ts', '../../../base/errors.ts', '../../../protocol/a.ts'],
    refused: ['../../../router/a.ts', '../../../node/a.ts', '../../../index.ts', '../../../script.ts', ...everyPackage],
  },
  'src/client/roles/x.ts': {
    allowed: [
      './a.ts',
      '../kernel/a.ts',
      '../../link/link.ts',
      '../../base/errors.ts',
      '../../protocol/a.ts',
      '../../serializer/json.ts',
    ],
    refused: [
      '../features/a.ts',
      '../features/durable/a.ts',
      '../functions/a.ts',
      '../connection.ts',
      '../../router/a.ts',
      '../../router/session/a.ts',
      '../../node/a.ts',
      '../../cli/a.ts',
      '../../contract/a.ts',
      '../../index.ts',
      '../../script.ts',
      '../../serializer/msgpack.ts',
      ...everyPackage,
    ],
  },
  'src/router/x.ts': {
    allowed: [
      './a.ts',
      '../link/link.ts',
      '../base/errors.ts',
      '../protocol/a.ts',
      '../serializer/msgpack.ts',
      '../transport/memory.ts',
      '../auth/a.ts',
    ],
    refused: [...but(everyLayer, '../router/a.ts'), ...everyPackage, '../transport/websocket.ts'],
  },
  'src/router/dealer/x.ts': {
    allowed: [
      './a.ts',
      '../session/a.ts',
      '../../link/link.ts',
      '../../base/errors.ts',
      '../../protocol/a.ts',
      '../../serializer/formats/a.ts',
    ],
    refused: [
      '../../client/a.ts',
      '../../node/a.ts',
      '../../cli/a.ts',
      '../../index.ts',
      '../../script.ts',
      '../../transport/websocket.ts',
      ...everyPackage,
    ],
  },
  'src/core.ts': { allowed: ['./client/a.ts'], refused: ['./router/a.ts', './node/a.ts', './serializer/cbor.ts', ...everyPackage] },
  'src/index.ts': {
    allowed: ['./base/errors.ts', './client/a.ts', './serializer/json.ts'],
    refused: [
      './router/a.ts',
      './node/a.ts',
      './cli/a.ts',
      './meta/a.ts',
      './testing/a.ts',
      './contract/a.ts',
      './debug/a.ts',
      './telemetry/a.ts',
      './serializer/msgpack.ts',
      './serializer/cbor.ts',
      ...everyPackage,
    ],
  },
  'src/contract/x.ts': {
    allowed: [
      './a.ts',
      '../index.ts',
      '../base/words.ts',
      '../base/errors.ts',
      '../client/features/middleware/middleware.ts',
      '../client/api/middleware-api.ts',
      '../client/api/result.ts',
    ],
    refused: [...but(everyLayer, '../index.ts'), ...everyPackage, '../link/link.ts', '../protocol/a.ts'],
  },
  'src/debug/x.ts': {
    allowed: ['./a.ts', '../index.ts', '../base/words.ts'],
    refused: [...but(everyLayer, '../index.ts'), ...everyPackage, '../link/link.ts', '../protocol/a.ts'],
  },
  'src/telemetry/x.ts': {
    allowed: [
      './a.ts',
      '../index.ts',
      '../base/words.ts',
      '../base/errors.ts',
      '../client/features/middleware/middleware.ts',
      '../client/api/middleware-api.ts',
      '../client/api/result.ts',
    ],
    refused: [...but(everyLayer, '../index.ts'), ...everyPackage, '../link/link.ts', '../protocol/a.ts'],
  },
  'src/meta/x.ts': {
    allowed: ['./a.ts', '../index.ts', '../client/functions/get-events.ts'],
    refused: [
      ...but(everyLayer, '../index.ts'),
      ...everyPackage,
      '../base/errors.ts',
      '../base/words.ts',
      '../link/link.ts',
      '../protocol/a.ts',
    ],
  },
  'src/autobahn/x.ts': {
    allowed: ['./a.ts', './session/a.ts'],
    refused: [...everyLayer, ...everyPackage, '../index.ts', '../base/errors.ts', '../client/core.ts'],
  },
  'src/autobahn/session/x.ts': {
    allowed: [
      './a.ts',
      '../base/any.ts',
      '../../index.ts',
      '../../wampcra.ts',
      '../../serializer/msgpack.ts',
      '../../serializer/cbor.ts',
      '../../transport/longpoll.ts',
      'tweetnacl',
    ],
    refused: [
      ...deeper(but(everyLayer, '../index.ts')),
      ...but(everyPackage, 'tweetnacl'),
      '../../base/errors.ts',
      '../../link/link.ts',
      '../../protocol/a.ts',
      '../../serializer/json.ts',
      '../../transport/websocket.ts',
      '../../auth/a.ts',
    ],
  },
  'src/autobahn/native/x.ts': {
    allowed: [
      './a.ts',
      '../base/any.ts',
      '../../index.ts',
      '../../base/options.ts',
      '../../client/connection/core-connection.ts',
      '../../client/features/idle.ts',
      '../../client/features/durable/feature.ts',
      '../../client/kernel/kernel.ts',
    ],
    refused: [
      ...everyPackage,
      '../session/session.ts',
      '../connection/connection.ts',
      '../../client/connection.ts',
      '../../client/features/all.ts',
      '../../client/session/session.ts',
      '../../link/link.ts',
      '../../router/router.ts',
      '../../node/index.ts',
    ],
  },
  'src/autobahn/transports/protocol.ts': {
    allowed: ['./a.ts', '../base/any.ts', '../../transport/rawsocket-frame.ts', 'node:buffer', 'node:events'],
    refused: [
      ...deeper(everyLayer),
      ...everyPackage,
      '../../base/errors.ts',
      '../../link/link.ts',
      '../../transport/websocket.ts',
      '../../wampcra.ts',
    ],
  },
  'src/autobahn/serializers/bignums.ts': {
    allowed: [
      '../../index.ts',
      '../../serializer/binary.ts',
      '../../serializer/codecs/bytes-writer.ts',
      '../../serializer/codecs/cbor-numbers.ts',
      '../../serializer/codecs/cbor-reader.ts',
      '../../serializer/codecs/cbor-writer.ts',
    ],
    refused: [
      ...deeper(but(everyLayer, '../index.ts')),
      ...everyPackage,
      './a.ts',
      '../../base/errors.ts',
      '../../link/link.ts',
      '../../serializer/json.ts',
    ],
  },
  'src/testing/x.ts': {
    allowed: ['./a.ts', '../index.ts', '../router/index.ts'],
    refused: [
      ...but(everyLayer, '../index.ts'),
      ...everyPackage,
      '../base/errors.ts',
      '../base/clock.ts',
      '../link/link.ts',
      '../protocol/a.ts',
      '../transport/memory.ts',
    ],
  },
  'src/script.ts': {
    allowed: ['./index.ts', './serializer/msgpack.ts', './serializer/cbor.ts'],
    refused: ['./router/a.ts', './node/a.ts', './cli/a.ts', ...everyPackage],
  },
  'src/node/x.ts': {
    allowed: [
      './a.ts',
      '../link/link.ts',
      '../router/index.ts',
      '../transport/a.ts',
      '../serializer/msgpack.ts',
      'node:http',
      'ws',
      'sirv',
      'classic-level',
      'cookie',
      'prom-client',
    ],
    refused: ['../cli/a.ts', '../client/a.ts', '../index.ts', '../script.ts', 'autostrada', 'express'],
  },
  'src/nats/x.ts': {
    allowed: ['./a.ts', '../base/errors.ts', '../router/index.ts', 'node:crypto', '@nats-io/kv'],
    refused: [
      '../cli/a.ts',
      '../client/a.ts',
      '../node/a.ts',
      '../link/link.ts',
      '../index.ts',
      '../script.ts',
      'ws',
      'autostrada',
    ],
  },
  'src/node/http/x.ts': {
    allowed: [
      './a.ts',
      '../port/a.ts',
      '../../link/link.ts',
      '../../router/index.ts',
      '../../transport/a.ts',
      'node:http',
      'ws',
      'sirv',
      'cookie',
      'prom-client',
    ],
    refused: ['../../cli/a.ts', '../../client/a.ts', '../../index.ts', '../../script.ts', 'autostrada', 'express'],
  },
  'src/node/diagnostics.ts': {
    allowed: [
      '../base/words.ts',
      '../client/features/middleware/middleware.ts',
      '../client/api/middleware-api.ts',
      'node:diagnostics_channel',
    ],
    refused: ['./a.ts', '../index.ts', '../client/a.ts', '../cli/a.ts', '../router/index.ts', ...everyPackage],
  },
  'src/cli/x.ts': {
    allowed: ['./commands/a.ts', 'node:util'],
    refused: [...everyLayer, ...but(everyPackage, 'node:fs'), '../link/link.ts', '../base/errors.ts', '../protocol/a.ts'],
  },
  'src/inspector/x.ts': {
    allowed: ['./views/a.tsx', './data/a.ts', 'preact'],
    refused: [...everyLayer, ...everyPackage, '../link/link.ts'],
  },
  'src/inspector/views/x.ts': {
    allowed: [
      './a.ts',
      '../data/a.ts',
      '../parts/a.ts',
      '../../index.ts',
      '../../router/index.ts',
      '../../cli/inspector/words.ts',
      '../../scram.ts',
      '../../wampcra.ts',
      'preact',
      'preact/hooks',
      '@preact/signals',
      'uplot',
      'diff',
    ],
    refused: [
      ...deeper(but(everyLayer, '../index.ts')),
      ...everyPackage,
      '../../cli/inspector/trying.ts',
      '../../link/link.ts',
      'preact/compat',
    ],
  },
  'src/cli/commands/x.ts': {
    allowed: [
      './a.ts',
      '../inspector/a.ts',
      '../running/a.ts',
      '../text/a.ts',
      '../up/a.ts',
      '../../index.ts',
      '../../router/index.ts',
      '../../node/index.ts',
      '../../node/components/supervisor.ts',
      '../../serializer/msgpack.ts',
      '../../serializer/cbor.ts',
      '../../transport/longpoll.ts',
      '../../wampcra.ts',
      '../../scram.ts',
      '../../argon2.ts',
      '../../cryptosign.ts',
      'node:util',
    ],
    refused: [
      '../main.ts',
      '../../link/link.ts',
      '../../base/errors.ts',
      '../../client/a.ts',
      '../../router/realm.ts',
      '../../node/listen.ts',
      '../../node/http/bodies.ts',
      '../../node/components/watcher.ts',
      '../../protocol/a.ts',
      '../../script.ts',
      'ws',
    ],
  },
  'src/es5/x.ts': {
    allowed: ['./a.ts', 'promise-polyfill', 'promise-polyfill/src/finally.js'],
    refused: [...everyLayer, ...everyPackage, '../base/errors.ts', '../base/words.ts', '../client/a.ts'],
  },
  // A folder that .biome.json does not name.
  'src/novel/x.ts': { allowed: ['./a.ts', '../link/link.ts'], refused: ['../node/a.ts', '../cli/a.ts', ...everyPackage] },
};

const node = ['Buffer.from([])', 'process.exit()', 'setImmediate(() => {})'];
const clock = ['setTimeout(() => {}, 1)', 'Date.now()', 'new Promise(() => {})'];
const globals: Readonly<Record<string, Lines>> = {
  'src/protocol/g.ts': { allowed: ['Math.floor(1)'], refused: [...node, ...clock] },
  'src/serializer/g.ts': { allowed: ['new Uint8Array(1)'], refused: node },
  'src/transport/g.ts': { allowed: clock, refused: node },
  'src/client/g.ts': { allowed: clock, refused: node },
  'src/router/g.ts': { allowed: clock, refused: node },
  'src/link/g.ts': { allowed: clock, refused: node },
  'src/node/g.ts': { allowed: [...node, ...clock], refused: [] },
  'src/cli/g.ts': { allowed: [...node, ...clock], refused: [] },
};

interface Diagnostic {
  readonly severity: string;
  readonly category: string;
  readonly location: { readonly path: string; readonly start: { readonly line: number } };
}

/** Lints these files, and no others, as they would be in this package. */
function lint(code: Readonly<Record<string, string>>): readonly Diagnostic[] {
  const tree = mkdtempSync(path.join(scratch, 'tree-'));
  cpSync(path.join(root, '.biome.json'), path.join(tree, '.biome.json'));
  for (const [file, text] of Object.entries(code)) {
    mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
    writeFileSync(path.join(tree, file), text);
  }
  const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome');
  const options = ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', 'src'];
  const { stdout, stderr } = spawnSync(process.execPath, [biome, ...options], { cwd: tree, encoding: 'utf8' });
  if (!stdout) throw new Error(`biome said nothing: ${stderr}`);
  return (JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics;
}

/** Lints one tree with one file per row and one line per item; gives back the items that `rule` refused, by file. */
function refusedBy(rule: string, rows: Readonly<Record<string, Lines>>, toCode: (item: string) => string): Map<string, string[]> {
  const code = Object.entries(rows).map(([file, { allowed, refused }]) => [file, [...allowed, ...refused].map(toCode).join('\n')]);
  const found = new Map<string, string[]>();
  for (const { severity, category, location } of lint(Object.fromEntries(code))) {
    if (category !== rule || severity !== 'error') continue;
    const file = location.path.replaceAll('\\', '/');
    const row = rows[file];
    const item = row && [...row.allowed, ...row.refused][location.start.line - 1];
    if (item !== undefined) found.set(file, [...(found.get(file) ?? []), item]);
  }
  return found;
}

let refusedImports: Map<string, string[]>;
let refusedGlobals: Map<string, string[]>;
beforeAll(() => {
  refusedImports = refusedBy('lint/style/noRestrictedImports', imports, (to) => `export * from '${to}';`);
  refusedGlobals = refusedBy('lint/style/noRestrictedGlobals', globals, (code) => `${code};`);
});

test.each(Object.entries(imports))('%s may import only what is below it', (file, { refused }) => {
  expect([...(refusedImports.get(file) ?? [])].sort()).toEqual([...refused].sort());
});

test.each(Object.entries(globals))('%s may use only the globals of its layer', (file, { refused }) => {
  expect([...(refusedGlobals.get(file) ?? [])].sort()).toEqual([...refused].sort());
});

test('every folder of src/ has a row in this test', () => {
  const folders = readdirSync(path.join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map((folder) => `src/${folder.name}/x.ts`).filter((file) => !(file in imports))).toEqual([]);
});

test.each([
  ['suspicious/noImportCycles', { 'a.ts': "export * from './b.ts';", 'b.ts': "export * from './a.ts';" }],
  ['nursery/noFloatingPromises', { 'a.ts': 'async function f(): Promise<void> {}\nexport function g(): void {\n  f();\n}' }],
  [
    'nursery/useExhaustiveSwitchCases',
    { 'a.ts': "export function f(x: 'a' | 'b'): void {\n  switch (x) {\n    case 'a':\n  }\n}" },
  ],
  ['suspicious/noExplicitAny', { 'a.ts': 'export const a: any = 1;' }],
  ['style/noNonNullAssertion', { 'a.ts': 'export const f = (x?: string): string => x!;' }],
  ['style/noDefaultExport', { 'a.ts': 'export default 1;' }],
  ['style/noExcessiveLinesPerFile', { 'a.ts': 'export {};\n'.repeat(301) }],
])('%s is an error in src/', (rule, files) => {
  const found = lint(Object.fromEntries(Object.entries(files).map(([file, code]) => [`src/client/${file}`, code ?? ''])));
  expect(found.filter(({ severity }) => severity === 'error').map(({ category }) => category)).toContain(`lint/${rule}`);
});
