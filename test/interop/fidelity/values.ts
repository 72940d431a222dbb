/*
 * What a payload may hold, and as what it arrives. Written in CBOR's diagnostic notation: `2.0` is a float, `2` an integer, `h'00'` bytes. Between
 * the same serializers everything arrives as it was sent, byte for byte; `crossed` says what it is in another one.
 */

export type SerializerName = 'json' | 'msgpack' | 'cbor';

/** Nobody can be given it: that call is answered with `wamp.error.invalid_argument`, that event does not come, or an error comes without its payload. */
export const FAILS = 'fails';

type Forms = { readonly [to in SerializerName]?: string };

export interface Value {
  readonly name: string;
  /** As Autobahn|Python's own serializers write it: a Python expression. */
  readonly python?: string;
  /** Which of its serializers, if not all that can. */
  readonly only?: readonly SerializerName[];
  /** Or as bytes: text for JSON, hexadecimal digits for the other two. */
  readonly json?: string;
  readonly msgpack?: string;
  readonly cbor?: string;
  /** What arrives in another serializer. A text: in each of them. */
  readonly crossed: string | Forms;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const inJson = (bytes: Uint8Array): string => JSON.stringify(`\0${Buffer.from(bytes).toString('base64')}`);
const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i);

/** Bytes as Autobahn|Python writes them, and as they arrive. */
const bytes = (name: string, python: string, value: Uint8Array): Value => {
  const binary = `h'${hex(value)}'`;
  return { name, python, crossed: { json: inJson(value), msgpack: binary, cbor: binary } };
};
const number = (name: string, python: string, crossed: string | Forms): Value => ({ name, python, crossed });
/** Numbers beyond what JSON has. */
const notInJson = (name: string, python: string, binary: string): Value => ({
  name,
  python,
  only: ['msgpack', 'cbor'],
  crossed: { json: 'null', msgpack: binary, cbor: binary },
});
/** MessagePack has integers of 64 bits. Beyond, it gets a float if that is exact. */
const beyond64 = (name: string, python: string, decimal: string, float: string = FAILS): Value =>
  number(name, python, { json: decimal, msgpack: float, cbor: decimal });
const tagged = (name: string, cbor: string, crossed: string): Value => ({ name, cbor, crossed });
const inMessagePack = (name: string, msgpack: string, crossed: string): Value => ({ name, msgpack, crossed });
const plain = (name: string, python: string, crossed: string): Value => ({ name, python, crossed });

export const values: readonly Value[] = [
  number('0', '0', '0'),
  number('-1', '-1', '-1'),
  number('2^31', '2**31', '2147483648'),
  number('2^53', '2**53', '9007199254740992'),
  number('2^53 + 1', '2**53 + 1', '9007199254740993'),
  number('2^63 - 1', '2**63 - 1', '9223372036854775807'),
  number('2^63', '2**63', '9223372036854775808'),
  number('2^64 - 1', '2**64 - 1', '18446744073709551615'),
  number('-2^63', '-2**63', '-9223372036854775808'),
  beyond64('2^64', '2**64', '18446744073709551616', '1.8446744073709552e+19'),
  beyond64('-2^64', '-2**64', '-18446744073709551616', '-1.8446744073709552e+19'),
  beyond64('10^30', '10**30', '1000000000000000000000000000000'),
  number('2.0', '2.0', '2.0'),
  number('-0.0', '-0.0', '-0.0'),
  { name: '1e3 as a token', json: '1e3', crossed: '1000.0' },
  number('1000.0', '1e3', '1000.0'),
  number('0.1', '0.1', '0.1'),
  number('1e308', '1e308', '1e+308'),
  number('5e-324', '5e-324', '5e-324'),
  { name: '1.5 in 16 or 32 bits', msgpack: 'ca3fc00000', cbor: 'f93e00', crossed: '1.5' },
  notInJson('nan', "float('nan')", 'NaN'),
  notInJson('inf', "float('inf')", 'Infinity'),
  notInJson('-inf', "-float('inf')", '-Infinity'),
  { name: '1e400', json: '1e400', crossed: FAILS },
  plain('true', 'True', 'true'),
  plain('false', 'False', 'false'),
  plain('null', 'None', 'null'),
  plain('empty text', "''", '""'),
  plain('text', "'grüße'", '"gr\\u00fc\\u00dfe"'),
  plain('astral character', "'\\U0001f600'", '"\\ud83d\\ude00"'),
  plain('NUL in a text', "'a\\0b'", '"a\\u0000b"'),
  { name: 'lone surrogate', json: '"a\\ud800"', crossed: '"a\\ufffd"' },
  { name: 'text after NUL that is no base64', json: '"\\u0000?"', msgpack: 'a2003f', cbor: '62003f', crossed: '"\\u0000?"' },
  bytes('no bytes', "b''", Uint8Array.of()),
  bytes('bytes 0 to 255', 'bytes(range(256))', everyByte),
  plain('empty list', '[]', '[]'),
  plain('nested list', '[1, [2, [None, []]]]', '[1, [2, [null, []]]]'),
  plain('empty dict', '{}', '{}'),
  plain('nested dict', "{'a': {'b': [1, {}]}}", '{"a": {"b": [1, {}]}}'),
  plain('`__proto__`', "{'__proto__': {'x': 1}}", '{"__proto__": {"x": 1}}'),
  plain('`constructor`', "{'constructor': 1, 'toString': 2}", '{"constructor": 1, "toString": 2}'),
  { name: 'duplicate keys', json: '{"a":1,"a":2}', msgpack: '82a16101a16102', cbor: 'a2616101616102', crossed: '{"a": 2}' },
  { name: 'integer as key', msgpack: '8101a161', cbor: 'a1016161', crossed: '{"1": "a"}' },
  {
    name: '2^53 + 1 as key',
    msgpack: '81cf0020000000000001c0',
    cbor: 'a11b0020000000000001f6',
    crossed: '{"9007199254740993": null}',
  },
  { name: '2.0 as key', msgpack: '81cb4000000000000000a161', cbor: 'a1fb40000000000000006161', crossed: '{"2.0": "a"}' },
  { name: 'true as key', msgpack: '81c3a161', cbor: 'a1f56161', crossed: '{"true": "a"}' },
  { name: 'null as key', msgpack: '81c0a161', cbor: 'a1f66161', crossed: FAILS },
  { name: 'bytes as key', msgpack: '81c40101a161', cbor: 'a141016161', crossed: FAILS },
  { name: 'list as key', msgpack: '819101a161', cbor: 'a181016161', crossed: FAILS },
  tagged('CBOR date (tag 0)', 'c074323032362d31312d32385431323a30303a30305a', '"2026-11-28T12:00:00Z"'),
  tagged('CBOR time (tag 1)', 'c11a6a6ac540', '"2026-07-30T03:30:08Z"'),
  tagged('CBOR time with a fraction', 'c1fb41da9ab150200000', '"2026-07-30T03:30:08.500Z"'),
  inMessagePack('MessagePack timestamp', 'd6ff6a6ac540', '"2026-07-30T03:30:08Z"'),
  inMessagePack('MessagePack timestamp with nanoseconds', 'd7ff773594006a6ac540', '"2026-07-30T03:30:08.500Z"'),
  {
    name: 'UUID (tag 37)',
    python: "uuid.UUID('00112233-4455-6677-8899-aabbccddeeff')",
    only: ['cbor'],
    crossed: '"00112233-4455-6677-8899-aabbccddeeff"',
  },
  { name: 'decimal (tag 4)', python: "decimal.Decimal('123.45')", only: ['cbor'], crossed: '123.45' },
  tagged('typed array of bytes (tag 64)', 'd84043010203', '[1, 2, 3]'),
  tagged('typed array of 16 bits (tag 69)', 'd8454401000002', '[1, 512]'),
  tagged('typed array of floats (tag 86)', 'd85648000000000000f03f', '[1.0]'),
  tagged('other tag', 'd903e86161', '"a"'),
  tagged('CBOR undefined', 'f7', 'null'),
  tagged('CBOR string references', 'd90100826461616161d81900', '["aaaa", "aaaa"]'),
  inMessagePack('MessagePack extension 0', 'd40000', 'null'),
  inMessagePack('MessagePack extension 5', 'd405ff', FAILS),
];
