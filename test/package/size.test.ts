// What a page pays for: bundled from dist/, minified and gzipped. `node test/package/sizes.mjs` prints more, other libraries too.
import { beforeAll, expect, test } from 'vitest';
import { bundle } from './bundle.mjs';
import { requireBuild } from './pack.mjs';

beforeAll(requireBuild);

/** Kilobytes by rollup with terser, and by esbuild. */
test.each<[what: string, code: string, rollup: number, esbuild: number]>([
  ['the client', "export { Connection } from 'autostrada';", 29.5, 30.8],
  ['the core with one session [I3]', "export { join } from 'autostrada/core';", 19.3, 20.3],
  [
    'the core with waiting requests and durable handles [I3]',
    "export { connect, durable, offline } from 'autostrada/core';",
    24.3,
    25.4,
  ],
  [
    'the client with long-poll',
    "export { Connection } from 'autostrada';\nexport { longPoll } from 'autostrada/longpoll';",
    32.4,
    33.8,
  ],
  ['the client with batches', "export { batched, Connection } from 'autostrada';", 30.5, 31.9],
  [
    'the client with MessagePack',
    "export { Connection } from 'autostrada';\nexport { msgpack } from 'autostrada/msgpack';",
    33.3,
    34.7,
  ],
  [
    'the client with msgpackr [H14]',
    "export { Connection } from 'autostrada';\nexport { msgpackr } from 'autostrada/msgpackr';",
    45.2,
    47.4,
  ],
  ['the client with CBOR', "export { Connection } from 'autostrada';\nexport { cbor } from 'autostrada/cbor';", 33.2, 34.6],
  ['the client with WAMP-CRA', "export { Connection } from 'autostrada';\nexport { wampcra } from 'autostrada/wampcra';", 30.3, 32],
  ['the client with WAMP-SCRAM', "export { Connection } from 'autostrada';\nexport { scram } from 'autostrada/scram';", 32.4, 34.2],
  [
    'the client with cryptosign',
    "export { Connection } from 'autostrada';\nexport { cryptosign } from 'autostrada/cryptosign';",
    31,
    32.7,
  ],
  ['Argon2id', "export { argon2id } from 'autostrada/argon2';", 5.7, 5.8],
])('%s stays within its budgets', async (what, code, ...budgets) => {
  const sizes = [(await bundle(code)).kilobytes, (await bundle(code, 'esbuild')).kilobytes];
  console.log(`size: ${what}: ${sizes.join(' and ')} KB by rollup and by esbuild, budgets ${budgets.join(' and ')} KB`);
  for (const [i, budget] of budgets.entries()) expect(sizes[i]).toBeLessThanOrEqual(budget);
});

test('the client packs no payloads unless passthru() is imported', async () => {
  const { modules } = await bundle("export { Connection } from 'autostrada';");
  expect(modules.filter((id) => id.includes('payload-packing'))).toEqual([]);
});

test('the client brings neither MessagePack, CBOR, router, Node.js, batches, long-poll nor a login that costs bytes', async () => {
  const { modules } = await bundle("export { Connection } from 'autostrada';");
  expect(
    modules.filter((id) =>
      /msgpack|cbor|batch\.|longpoll|sha256|nacl|noble|wampcra|scram|cryptosign|argon2|dist\/(router|node|cli)[./]|node_modules\/ws\//.test(
        id,
      ),
    ),
  ).toEqual([]);
});

/** Each alone, kilobytes; the errors are in every client anyway. */
const functions: readonly (readonly [name: string, modules: readonly string[], budget: number])[] = [
  [
    'events',
    [
      'base/dispose',
      'base/errors',
      'base/given',
      'client/connection/closed-error',
      'client/functions/events',
      'client/functions/follow',
      'client/kernel/limit',
      'client/functions/stream-buffer',
      'protocol/uris',
    ],
    2.2,
  ],
  [
    'nextEvent',
    [
      'base/errors',
      'base/given',
      'base/options',
      'client/connection/closed-error',
      'client/functions/events',
      'client/functions/follow',
      'client/kernel/limit',
      'client/kernel/settle',
      'base/checks',
      'protocol/uris',
    ],
    1.7,
  ],
  [
    'callStream',
    [
      'base/dispose',
      'base/errors',
      'base/given',
      'client/functions/call-stream',
      'client/kernel/limit',
      'client/functions/stream-buffer',
    ],
    2.1,
  ],
  [
    'statuses',
    [
      'base/dispose',
      'base/errors',
      'base/given',
      'client/kernel/limit',
      'client/functions/statuses',
      'client/functions/stream-buffer',
    ],
    1.9,
  ],
  ['withOptions', ['base/given', 'client/functions/with-options'], 0.5],
  ['registerAll', ['base/dispose', 'base/given', 'client/functions/register-all', 'client/kernel/told'], 0.8],
  ['drain', ['base/clock', 'base/given', 'client/functions/drain'], 0.7],
  [
    'fromHistory',
    ['base/errors', 'base/given', 'client/functions/from-history', 'client/functions/get-events', 'client/roles/packing'],
    2.1,
  ],
  ['defineError', ['base/errors', 'client/functions/define-error', 'protocol/uri'], 1],
  [
    'defineMiddleware',
    [
      'base/errors',
      'base/words',
      'client/features/middleware/bounds',
      'client/kernel/limit',
      'client/features/middleware/middleware',
      'client/api/result',
      'client/kernel/said',
      'base/checks',
    ],
    2.5,
  ],
];

test.each(functions)('%s contains itself and no connection', async (name, expected, budget) => {
  const { kilobytes, modules } = await bundle(`export { ${name} } from 'autostrada';`);
  console.log(`size: ${name}: ${kilobytes} KB minified and gzipped, budget ${budget} KB`);
  expect([...modules].sort()).toEqual(expected.map((module) => `dist/${module}.js`).sort());
  expect(kilobytes).toBeLessThanOrEqual(budget);
});

test('the client contains none of the functions over it', async () => {
  const { modules } = await bundle("export { Connection } from 'autostrada';");
  const own = [
    'events',
    'follow',
    'stream-buffer',
    'call-stream',
    'statuses',
    'with-options',
    'register-all',
    'drain',
    'define-error',
    'from-history',
    'get-events',
  ];
  expect(modules.filter((id) => own.some((name) => id === `dist/client/functions/${name}.js`))).toEqual([]);
});

test('bundles for browsers leave out what only ws can do, with `browser` in package.json', async () => {
  const { modules } = await bundle("export { Connection } from 'autostrada';");
  expect(modules.filter((id) => /dist\/transport\/(ws|platform\/tick)/.test(id))).toEqual(['dist/transport/ws-browser.js']);
});

/** What an entry adds to a client, in kilobytes: `defineMiddleware`, which all middleware shares, included. */
test.each([
  ['contract', 2.2],
  ['debug', 2.2],
  ['telemetry', 1.4],
] as const)('%s adds little to a client, and contains no connection when it is alone', async (entry, budget) => {
  const [client, both, alone] = await Promise.all(
    [
      "export { Connection } from 'autostrada';",
      `export { Connection } from 'autostrada';\nexport * from 'autostrada/${entry}';`,
      `export * from 'autostrada/${entry}';`,
    ].map((code) => bundle(code)),
  );
  const added = ((both?.gzip ?? 0) - (client?.gzip ?? 0)) / 1024;
  console.log(`size: ${entry}: ${added.toFixed(1)} KB beside a client, budget ${budget} KB; alone ${alone?.kilobytes} KB`);
  expect(added).toBeLessThanOrEqual(budget);
  expect(
    alone?.modules.filter((id) => /dist\/(client\/(connection|session|line|role)|router|node)[./]|isomorphic-ws/.test(id)),
  ).toEqual([]);
});

test('testing works in browsers: it contains the router, and neither the client nor anything for Node.js', async () => {
  const { modules } = await bundle("export * from 'autostrada/testing';");
  expect(modules.filter((id) => /dist\/(node|cli)[./]|dist\/client\/|node_modules\/ws\//.test(id))).toEqual([]);
});

test('an error class contains only the errors', async () => {
  const { modules } = await bundle("export { ApplicationError } from 'autostrada';");
  expect(modules.filter((id) => !id.includes('page'))).toEqual(['dist/base/errors.js']);
});

test('the meta API contains neither client nor router', async () => {
  const { kilobytes, modules } = await bundle("export * from 'autostrada/meta';");
  expect(modules.filter((id) => !id.startsWith('dist/meta/'))).toEqual(['dist/client/functions/get-events.js']);
  expect(kilobytes).toBeLessThanOrEqual(2);
});

test.each(['wampcra', 'scram', 'cryptosign', 'router'])('%s does not contain Argon2', async (entry) => {
  const { modules } = await bundle(`export * from 'autostrada/${entry}';`);
  expect(modules.filter((id) => /noble|argon2/.test(id))).toEqual([]);
});

test('the layer for programs written for Autobahn stays within its budget beside the client', async () => {
  const client = await bundle("export { Connection } from 'autostrada';");
  const layer = await bundle("export { Connection, auth_cra } from 'autostrada/autobahn';");
  const own = Math.round(10 * (layer.kilobytes - client.kilobytes)) / 10;
  console.log(`size: Connection and auth_cra of the layer: ${layer.kilobytes} KB minified and gzipped, ${own} KB of them its own`);
  expect(own).toBeLessThanOrEqual(7.7);
  expect(layer.kilobytes).toBeLessThanOrEqual(37.2);
  const { kilobytes } = await bundle("export { Connection, auth_cra } from 'autostrada/autobahn';", 'esbuild');
  expect(kilobytes).toBeLessThanOrEqual(40.1);
  expect(
    layer.modules.filter((id) =>
      /msgpack|cbor|serializer\/(json|payload)|liveness\/|dist\/longpoll|longpoll-transport|nacl|cryptosign|dist\/(router|node|cli)[./]|node_modules\/ws\//.test(
        id,
      ),
    ),
  ).toEqual([]);
});

test('a bundle of the whole layer contains no Node.js and no router', async () => {
  const { modules } = await bundle("export { default } from 'autostrada/autobahn';");
  expect(modules.filter((id) => /dist\/(router|node|cli)[./]|node_modules\/ws\//.test(id))).toEqual([]);
});
