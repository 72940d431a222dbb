import { expect, test } from 'vitest';
import { parseRouterArgs } from '../../src/cli/commands/router.ts';
import { UsageError } from '../../src/cli/text/usage.ts';

const defaults = { realms: ['realm1'], config: undefined, listen: {}, port: 8080, store: undefined, processes: undefined, log: {} };

test.each([
  [[], {}, {}],
  [['--port', '0'], {}, { listen: { port: 0 }, port: 0 }],
  [['--port=65535'], {}, { listen: { port: 65535 }, port: 65535 }],
  [[], { PORT: '9000' }, { port: 9000 }],
  [[], { PORT: '' }, {}],
  [['--port', '1'], { PORT: '9000' }, { listen: { port: 1 }, port: 1 }],
  [['--port', '1'], { PORT: 'nonsense' }, { listen: { port: 1 }, port: 1 }],
  [['--host', '::'], {}, { listen: { host: '::' } }],
  [['--path', '/'], {}, { listen: { path: '/' } }],
  [['--realm', 'a'], {}, { realms: ['a'] }],
  [['--realm', 'a', '--realm=b.c'], {}, { realms: ['a', 'b.c'] }],
  [['--web', './public'], {}, { listen: { web: './public' } }],
  [['--store', 'data'], {}, { store: 'data' }],
  [['--http'], {}, { listen: { http: true } }],
  [['--tls-cert', 'a.pem', '--tls-key', 'b.pem'], {}, { listen: { tls: { cert: 'a.pem', key: 'b.pem' } } }],
  [
    ['--origin', 'https://a.example', '--origin=http://b.example'],
    {},
    { listen: { origins: ['https://a.example', 'http://b.example'] } },
  ],
  [['--origin', '*'], {}, { listen: { origins: '*' } }],
  [['--host-name', 'a.example', '--host-name', 'b.example'], {}, { listen: { hosts: ['a.example', 'b.example'] } }],
  [['--host-name', '*'], {}, { listen: { hosts: '*' } }],
  [['--trust-proxy'], {}, { listen: { trustProxy: true } }],
])('%j with the environment %j differs from the default by %j', (args, env, different) => {
  expect(parseRouterArgs(args, env)).toEqual({ ...defaults, ...different });
});

test.each([
  [['--port', ''], {}, "got ''"],
  [['--port=-1'], {}, "got '-1'"],
  [['--port', '65536'], {}, "got '65536'"],
  [['--port', '80.5'], {}, "got '80.5'"],
  [['--port', '0x50'], {}, "got '0x50'"],
  [['--port', ' 80'], {}, "got ' 80'"],
  [[], { PORT: 'http' }, "got 'http'"],
  [['--realms', 'a'], {}, "'--realms'"],
  [['-p', '80'], {}, "'-p'"],
  [['realm1'], {}, "'realm1'"],
  [['--web'], {}, "'--web"],
  [['--tls-cert', 'a.pem'], {}, 'expected both --tls-cert and --tls-key'],
  [['--trust-proxy=yes'], {}, "'--trust-proxy'"],
  [['--tls-key', 'a.pem'], {}, 'expected both --tls-cert and --tls-key'],
])('%j with the environment %j is a usage error', (args, env, message) => {
  const parse = () => parseRouterArgs(args, env);
  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(message);
});

test.each(['host', 'path', 'realm', 'config', 'web', 'store', 'tls-cert', 'tls-key', 'origin', 'host-name'])(
  'an empty --%s is a usage error',
  (name) => {
    const parse = () => parseRouterArgs([`--${name}`, '', '--realm', 'a'], {});
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(`expected a value for --${name}, got ''`);
  },
);
