import { Router, type RouterConfig } from 'autostrada/router';
import { describe, expect, test } from 'vitest';

const wrong: readonly (readonly [unknown, string])[] = [
  [undefined, 'config: expected an object, got nothing'],
  [null, 'config: expected an object, got null'],
  ['realm1', 'config: expected an object, got "realm1"'],
  [[], 'config: expected an object, got a list'],
  [{}, 'config.realms: expected an object, got nothing'],
  [{ realms: ['realm1'] }, 'config.realms: expected an object, got a list'],
  [{ realms: { realm1: true } }, 'config.realms["realm1"]: expected "open" or an object, got true'],
  [{ realms: { realm1: 'closed' } }, 'config.realms["realm1"]: expected "open" or an object, got "closed"'],
  [
    { realms: { 'my realm': 'open' } },
    `config.realms: expected a URI with no empty component and no white space or '#', got "my realm"`,
  ],
  [{ realms: { '': 'open' } }, `config.realms: expected a URI with no empty component and no white space or '#', got ""`],
  [{ realm: {}, realms: {} }, `config: expected realms, limits, strictRequestIds, preferLocal, got 'realm'`],
  [{ realms: {}, strictRequestIds: 'yes' }, 'config.strictRequestIds: expected a boolean, got "yes"'],
  [{ realms: {}, limits: 5 }, 'config.limits: expected an object, got 5'],
  [{ realms: { realm1: {} } }, 'config.realms["realm1"].authroles: expected an object, got nothing'],
  [
    { realms: { realm1: { authroles: {}, anonymous: 'guest' } } },
    'config.realms["realm1"].anonymous: expected one of its authroles, got "guest"',
  ],
  [
    { realms: { realm1: { authroles: { guest: { permissions: 'none' } } } } },
    'config.realms["realm1"].authroles["guest"].permissions: expected "all" or a list, got "none"',
  ],
  [
    { realms: { realm1: { authroles: { guest: { permissions: [{ uri: 'a b', allow: 'all' }] } } } } },
    `config.realms["realm1"].authroles["guest"].permissions[0].uri: expected a URI with no empty component and no white space or '#', got "a b"`,
  ],
  [
    { realms: { realm1: { authroles: { guest: { permissions: [{ uri: 'a', match: 'regex', allow: 'all' }] } } } } },
    'permissions[0].match: expected exact, prefix or wildcard, got "regex"',
  ],
  [
    { realms: { realm1: { authroles: { guest: { permissions: [{ uri: 'a', allow: ['see'] }] } } } } },
    'permissions[0].allow: expected "all" or a list of call, register, publish, subscribe, got ["see"]',
  ],
  [
    { realms: { realm1: { authroles: { guest: { permissions: [{ uri: 'a', allow: 'all', disclose: 1 }] } } } } },
    'permissions[0].disclose: expected a boolean, got 1',
  ],
  [
    {
      realms: {
        realm1: {
          authroles: {
            guest: {
              permissions: [
                { uri: 'a', allow: 'all' },
                { uri: 'a', allow: [] },
              ],
            },
          },
        },
      },
    },
    'permissions[1]: expected one rule for each URI and match, got a second for "a"',
  ],
  [
    { realms: { realm1: { authroles: { guest: { permissions: 'all', trustlevel: -1 } } } } },
    'authroles["guest"].trustlevel: expected a non-negative integer, got -1',
  ],
  [
    { realms: { realm1: { authroles: {}, history: [{ uri: 'a', limit: 0 }] } } },
    'config.realms["realm1"].history[0].limit: expected a positive integer, got 0',
  ],
  ...(
    [
      [7, 'history: expected a list, got 7'],
      [[{ uri: 'a' }], 'history[0].limit: expected a positive integer, got nothing'],
      [[{ uri: 'a', limit: 0 }], 'history[0].limit: expected a positive integer, got 0'],
      [[{ uri: 'a', match: 'regex', limit: 1 }], 'history[0].match: expected exact, prefix or wildcard, got "regex"'],
      [[{ uri: 'a', limit: 1, maxBytes: 1 }], `history[0]: expected uri, match, limit, maxAgeMs, got 'maxBytes'`],
      [[{ uri: 'a', limit: 1, maxAgeMs: 0.5 }], 'history[0].maxAgeMs: expected a positive integer (milliseconds), got 0.5'],
      [[{ uri: 'a..b', limit: 1 }], 'history[0].uri: expected a URI'],
    ] as const
  ).map(([history, text]) => [{ realms: { realm1: { authroles: {}, history } } }, `config.realms["realm1"].${text}`] as const),
  [
    {
      realms: {
        realm1: {
          authroles: {},
          history: [
            { uri: 'a.', match: 'prefix', limit: 1 },
            { uri: 'a', limit: 1 },
            { uri: 'a', match: 'exact', limit: 2 },
          ],
        },
      },
    },
    'config.realms["realm1"].history[2]: expected one rule for each URI and match, got a second for "a"',
  ],
];

describe('a router’s configuration', () => {
  test.each(wrong)('with %j is a TypeError that says where, what was expected and what came', (config, message) => {
    const make = () => new Router(config as RouterConfig);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });

  test('may come from JSON', () => {
    expect(new Router(JSON.parse('{"realms": {"realm1": "open"}, "limits": {"joinTimeoutMs": 7}}')).limits.joinTimeoutMs).toBe(7);
  });
});
