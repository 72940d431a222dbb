import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../src/protocol/codec.ts';
import { toWire } from '../fixtures/wire.ts';
import { everyInbound, forms } from './forms.ts';

const parse = (list: unknown) => parseMessage(list, everyInbound);

/** Where the dict stands in each message, after section 1.5 of the reference. */
const dictAt = new Map(forms.map(({ code, lists }) => [code, lists[0]!.findIndex((element) => typeof element === 'object')]));
dictAt.set(35, 2).set(67, 2);

/** The shortest form of a message, with this in its options or details. */
function withKey(code: number, key: string, value: unknown): unknown[] {
  const list = [...forms.find((form) => form.code === code)!.lists[0]!];
  const at = dictAt.get(code)!;
  list[at] = { ...(code <= 2 ? { roles: {} } : {}), [key]: value };
  return list;
}

const bad = {
  bool: [1, 0, 'true', [], {}],
  string: [1, true, [], {}],
  integer: ['1', true, -1, 1.5, []],
  id: ['1', true, -1, 0, 1.5, 2 ** 53 + 2],
  ids: [1, 'a', {}, ['a'], [1, 0], [true]],
  strings: ['a', 1, {}, [1], ['a', null]],
  dict: ['a', 1, true, []],
  match: ['regex', '', 1, true, ['exact']],
  invoke: ['all', 1],
  mode: ['stop', 1],
};
type Kind = keyof typeof bad;
const good: { readonly [kind in Kind]: readonly unknown[] } = {
  bool: [true, false],
  string: ['', 'a'],
  integer: [0, 1, 2 ** 53],
  id: [1, 2 ** 53],
  ids: [[], [1, 2 ** 53]],
  strings: [[], ['a', '']],
  dict: [{}, { a: 1 }],
  match: ['exact', 'prefix', 'wildcard'],
  invoke: ['single', 'roundrobin', 'random', 'first', 'last'],
  mode: ['skip', 'kill', 'killnowait'],
};

const ppt = { ppt_scheme: 'string', ppt_serializer: 'string', ppt_cipher: 'string', ppt_keyid: 'string' } as const;

const known: readonly [name: string, code: number, keys: { readonly [key: string]: Kind }][] = [
  [
    'HELLO.details',
    1,
    { roles: 'dict', agent: 'string', authmethods: 'strings', authid: 'string', authrole: 'string', authextra: 'dict' },
  ],
  [
    'WELCOME.details',
    2,
    {
      roles: 'dict',
      agent: 'string',
      realm: 'string',
      authid: 'string',
      authrole: 'string',
      authmethod: 'string',
      authprovider: 'string',
      authextra: 'dict',
    },
  ],
  ['ABORT.details', 3, { message: 'string' }],
  ['GOODBYE.details', 6, { message: 'string' }],
  ['ERROR.details', 8, ppt],
  [
    'PUBLISH.options',
    16,
    {
      acknowledge: 'bool',
      exclude_me: 'bool',
      exclude: 'ids',
      eligible: 'ids',
      exclude_authid: 'strings',
      exclude_authrole: 'strings',
      eligible_authid: 'strings',
      eligible_authrole: 'strings',
      disclose_me: 'bool',
      retain: 'bool',
      rkey: 'string',
      ...ppt,
    },
  ],
  ['SUBSCRIBE.options', 32, { match: 'match', get_retained: 'bool', nkey: 'string' }],
  ['UNSUBSCRIBED.details', 35, { reason: 'string' }],
  [
    'EVENT.details',
    36,
    {
      publisher: 'id',
      publisher_authid: 'string',
      publisher_authrole: 'string',
      topic: 'string',
      trustlevel: 'integer',
      retained: 'bool',
      ...ppt,
    },
  ],
  [
    'CALL.options',
    48,
    {
      timeout: 'integer',
      receive_progress: 'bool',
      progress: 'bool',
      disclose_me: 'bool',
      rkey: 'string',
      runmode: 'string',
      ...ppt,
    },
  ],
  ['CANCEL.options', 49, { mode: 'mode' }],
  ['RESULT.details', 50, { progress: 'bool', ...ppt }],
  ['REGISTER.options', 64, { match: 'match', invoke: 'invoke', disclose_caller: 'bool', forward_timeout: 'bool' }],
  ['UNREGISTERED.details', 67, { reason: 'string' }],
  [
    'INVOCATION.details',
    68,
    {
      caller: 'id',
      caller_authid: 'string',
      caller_authrole: 'string',
      procedure: 'string',
      receive_progress: 'bool',
      progress: 'bool',
      timeout: 'integer',
      trustlevel: 'integer',
      ...ppt,
    },
  ],
  ['INTERRUPT.options', 69, { mode: 'mode' }],
  ['YIELD.options', 70, { progress: 'bool', ...ppt }],
];

describe.each(known)('the check of %s', (name, code, keys) => {
  it.each(Object.entries(keys))('refuses %s if it is not of type %s, and names it [C12] [R10]', (key, kind) => {
    for (const value of bad[kind]) {
      expect(() => parse(withKey(code, key, value)), JSON.stringify(value)).toThrow(`expected ${name}.${key} to be `);
    }
  });

  it('accepts right values, and does not change them [C12]', () => {
    for (const [key, kind] of Object.entries(keys)) {
      for (const value of good[kind]) {
        if (key === 'roles' && Object.keys(value as object).length === 0) continue;
        const list = withKey(code, key, value);
        expect(toWire(parse(list))).toEqual(list);
      }
    }
  });

  it('treats null as absent, and keeps null further inside [G3] [C12] [R10]', () => {
    const plain = parse(withKey(code, 'x_custom', [null, { a: null }]));
    for (const key of [...Object.keys(keys).filter((each) => each !== 'roles'), 'nobody_knows_it']) {
      const list = withKey(code, 'x_custom', [null, { a: null }]);
      list[dictAt.get(code) ?? 0] = { [key]: null, ...(list[dictAt.get(code) ?? 0] as object) };
      expect(parse(list), key).toEqual(plain);
    }
  });

  it('ignores unknown keys, whatever their values [C12] [C15] [R10]', () => {
    for (const key of ['x_custom', '_ours', 'nobody_knows_it', 'constructor', 'toString', 'hasOwnProperty', '']) {
      const list = withKey(code, key, { anything: [1, null] });
      expect(toWire(parse(list))).toEqual(list);
    }
  });
});

describe('the roles', () => {
  it.each([
    [1, 'HELLO', 'caller'],
    [2, 'WELCOME', 'dealer'],
  ])('must be present in %i (%s), as dicts of dicts [R10]', (code, name, role) => {
    const list = (details: object) => [code, code === 1 ? 'realm1' : 1, details];
    expect(() => parse(list({}))).toThrow(`expected ${name}.details.roles to be there, got nothing`);
    expect(() => parse(list({ roles: null }))).toThrow(`expected ${name}.details.roles to be there, got nothing`);
    expect(parse(list({ roles: { [role]: null } }))).toEqual(parse(list({ roles: {} })));
    expect(() => parse(list({ roles: { [role]: true } }))).toThrow(`expected ${name}.details.roles.${role} to be a dict, got true`);
    expect(() => parse(list({ roles: { [role]: { features: 1 } } }))).toThrow(
      `expected ${name}.details.roles.${role}.features to be a dict, got 1`,
    );
    expect(parse(list({ roles: { [role]: { features: { progressive_call_results: 'yes' } }, wizard: 7 } }))).toBeDefined();
  });
});

describe('the error for a wrong option', () => {
  it('shows the value, but not all of a long one', () => {
    const text = 'x'.repeat(10_000);
    expect(() => parse(withKey(16, 'acknowledge', text))).toThrow(
      /^expected PUBLISH\.options\.acknowledge to be a boolean, got "x{56}\.\.\.$/,
    );
    expect(() => parse(withKey(16, 'acknowledge', new Uint8Array(7)))).toThrow(/got 7 bytes$/);
    expect(() => parse(withKey(16, 'acknowledge', 1n))).toThrow(/got bigint$/);
  });
});
