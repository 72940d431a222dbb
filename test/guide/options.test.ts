/* docs/guide/options.md has a row for every option that the declarations have, and none for others. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/guide/options.md'), 'utf8');

/** The options that an interface declares itself, without `timeout`, whose type says what to write instead. */
function membersOf(file: string, name: string): readonly string[] {
  const source = ts.createSourceFile(file, readFileSync(path.join(root, 'src', file), 'utf8'), ts.ScriptTarget.ES2022);
  const found = source.statements.find((each) => ts.isInterfaceDeclaration(each) && each.name.text === name);
  if (!found || !ts.isInterfaceDeclaration(found)) throw new Error(`expected ${file} to declare ${name}`);
  return found.members
    .filter((each) => ts.isPropertySignature(each) && each.type?.getText(source) !== 'WriteTimeoutMs')
    .map((each) => each.name?.getText(source) ?? '');
}

/** By the heading of their table. An interface of another file: `file#Interface`. */
const tables: readonly (readonly [heading: string, file: string, ...interfaces: string[]])[] = [
  ['Connection', 'client/api/connection-options.ts', 'ConnectionOptions'],
  ['Connection: `retry`', 'client/api/connection-options.ts', 'RetryOptions'],
  ['Connection: `liveness`', 'client/api/connection-options.ts', 'LivenessOptions'],
  ['Calls', 'client/api/options.ts', 'CallOptions', 'WaitOptions', 'OfflineOptions'],
  ['Publications', 'client/api/options.ts', 'PublishOptions', 'AcknowledgedOptions', 'WaitOptions', 'OfflineOptions'],
  [
    'Subscriptions',
    'client/api/options.ts',
    'SubscribeOptions',
    'client/api/durable-options.ts#DurableSubscribeOptions',
    'WaitOptions',
  ],
  ['Registrations', 'client/api/options.ts', 'RegisterOptions', 'WaitOptions'],
  ['Streams', 'client/functions/stream-buffer.ts', 'BufferOptions'],
  ['listen', 'node/listen-options.ts', 'ListenOptions', 'node/port/port-config.ts#PortConfig'],
  ['listen: `web`', 'node/http/pages-config.ts', 'PagesConfig'],
  ['listen: `ops`', 'node/port/ops-config.ts', 'OpsConfig', 'node/ops/ops-server.ts#OpsOptions'],
  ['listen: `cookies`', 'node/port/cookie-config.ts', 'CookieConfig', 'node/cookies/cookie-logins.ts#CookieOptions'],
  ['TLS', 'node/tls/tls.ts', 'TlsOptions'],
  ['webSocket', 'node/clients/web-socket.ts', 'WebSocketOptions'],
  ['rawSocket', 'node/clients/rawsocket.ts', 'RawSocketOptions'],
  ['longPoll', 'transport/longpoll.ts', 'LongPollOptions'],
  ['Router: the second argument, hooks', 'router/config/config.ts', 'RouterHooks'],
  ['openStore', 'node/store/store-config.ts', 'StoreConfig'],
];

test.each(tables)('[H12] the page of options has a row for each of %s', (heading, file, ...interfaces) => {
  const [, section = ''] = page.split(new RegExp(`^#+ ${heading.replace(/[`]/g, '\\$&')}$`, 'm'));
  const [own = ''] = section.split(/^#/m);
  const rows = [...own.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name);
  const members = interfaces.flatMap((name) =>
    name.includes('#') ? membersOf(...(name.split('#') as [string, string])) : membersOf(file, name),
  );
  // In code an option may take more than in a file: both interfaces have it.
  expect(rows.sort()).toEqual([...new Set(members)].sort());
});

test('[H12] every table of options is compared', () => {
  expect(page.match(/^\| option \|/gm)?.length).toBe(tables.length);
});
