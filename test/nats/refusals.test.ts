/* What a server that JetStream cannot be used at says: which server it is, and what to change where. */
import { type NatsOptions, nats } from 'autostrada/nats';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { explain } from '../../src/nats/api/errors.ts';
import { hasNats, natsPrograms, skipLoudlyWithoutNats, startNats } from '../fixtures/nats-server.ts';
import { failure } from '../fixtures/scripted-session.ts';

skipLoudlyWithoutNats();

const account = (jetstream: string): string => `accounts { A: { ${jetstream} users: [{ user: "router", password: "secret" }] } }`;

const refusals: readonly (readonly [title: string, config: string, options: Partial<NatsOptions>, ...said: string[]])[] = [
  ['without JetStream for the account', account(''), {}, 'JetStream not enabled for account', '`jetstream` in the account'],
  [
    'that is alone, with three replicas',
    account('jetstream: enabled,'),
    { replicas: 3 },
    'replicas > 1 not supported in non-clustered mode',
    '`replicas` of nats (`cluster.nats.replicas` in a configuration file)',
  ],
  [
    'whose account must say how long its streams are',
    account('jetstream: { max_file: 1G, max_bytes_required: true },'),
    {},
    'max bytes set',
    '`max_bytes_required`',
  ],
  [
    'whose user may not use JetStream',
    'jetstream: enabled\nauthorization { users: [{ user: "router", password: "secret", permissions: { publish: ["autostrada.>"], subscribe: ["autostrada.>"] } }] }',
    {},
    'Permissions Violation',
    '`permissions` of the router',
  ],
];

describe.runIf(hasNats).each(natsPrograms)(
  '[L3] a router that cannot join at NATS $version says what to change',
  { timeout: 60_000 },
  (program) => {
    test.for(refusals)('%s', async ([_, config, options, ...said]) => {
      const server = await startNats({ program, config });
      onTestFinished(() => server.stop());
      const cluster = nats({ servers: `nats://router:secret@127.0.0.1:${server.port}`, ...options });
      const router = new Router({ realms: { realm1: 'open' } }, { cluster });
      onTestFinished(() => router.close());
      const { message } = await failure(router.ready);
      for (const text of [`cannot join the cluster at NATS 127.0.0.1:${server.port}: `, ...said]) expect(message).toContain(text);
      expect(message).not.toContain('secret');
    });
  },
);

test.for([
  ['jetstream is not enabled', 'nats-server -js'],
  ['JetStream not enabled', 'nats-server -js'],
  ['no suitable peers for placement, insufficient storage', 'cluster.nats.replicas'],
  ['maximum number of streams reached', '`max_streams`'],
  ['insufficient storage resources available', '`max_file`'],
  ['resource limits exceeded for account', '`max_file`'],
] as const)('[L3] for "%s" the advice names %s', ([said, advice]) => {
  expect(explain(new Error(said))).toMatch(`${said}: expected `);
  expect(explain(new Error(said))).toContain(advice);
});

test('[L3] other errors are told as they are', () => {
  expect(explain(new Error('timeout'))).toBe('timeout');
});
