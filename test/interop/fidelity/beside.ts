/*
 * The matrix of payloads for docs/interop.md: what arrives by our router, and beside it what Crossbar.io makes of it and why. What Crossbar.io does was
 * recorded (record.ts writes crossbar.json); what ours does, fidelity.test.ts asserts.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { routes } from './matrix.ts';
import { arrival } from './page.ts';
import type { Difference } from './record.ts';
import { type Value, values } from './values.ts';

const recorded: readonly Difference[] = JSON.parse(readFileSync(path.join(import.meta.dirname, 'crossbar.json'), 'utf8'));

const [anew, strictKeys, notJson] = [
  'It decodes every payload with Python and encodes it again, even between the same serializers.',
  "Python's MessagePack decoder refuses keys that are neither text nor bytes, and the session that sent them ends. From CBOR the key goes through.",
  "Python's JSON writes these tokens, which JSON does not have.",
];
const noEncoding = 'Python has no encoding for it there: the router logs an exception, and nobody is answered.';
const extension = 'Python reads an extension as a pair of its type and its bytes.';
const tags =
  "Python's CBOR decoder makes an object of it, which the other encoders do not have; what it writes in CBOR is its own form.";

/** Why, by the name of the value. Read from what arrives and from the source of the libraries. */
const reasons: { readonly [value: string]: string } = {
  '2^64': 'Its MessagePack encoder raises an exception; an event is then lost for every subscriber.',
  '-2^64': 'As 2^64.',
  '10^30': 'As 2^64.',
  '1e3 as a token': anew,
  '1.5 in 16 or 32 bits': `${anew} Floats become 64 bits wide.`,
  nan: notJson,
  inf: notJson,
  '-inf': notJson,
  '1e400': 'Python reads it as Infinity, and writes that.',
  'lone surrogate': 'It cannot be written in UTF-8.',
  'text after NUL that is no base64': 'Every text that begins with NUL is read as base64, leniently, so the text is lost.',
  'duplicate keys': `${anew} Only the last one is left.`,
  'integer as key': strictKeys,
  '2^53 + 1 as key': strictKeys,
  '2.0 as key': strictKeys,
  'true as key': strictKeys,
  'null as key': `${strictKeys} To JSON it becomes the text "null".`,
  'bytes as key':
    'MessagePack and CBOR have such keys, and both ends are Python. In JSON there is none: the exception is only logged.',
  'list as key': strictKeys,
  'CBOR date (tag 0)': tags,
  'CBOR time (tag 1)': tags,
  'CBOR time with a fraction': tags,
  'MessagePack timestamp': noEncoding,
  'MessagePack timestamp with nanoseconds': noEncoding,
  'UUID (tag 37)': tags,
  'decimal (tag 4)': tags,
  'typed array of bytes (tag 64)': tags,
  'typed array of 16 bits (tag 69)': tags,
  'typed array of floats (tag 86)': tags,
  'other tag': tags,
  'CBOR undefined': tags,
  'CBOR string references': anew,
  'MessagePack extension 0': extension,
  'MessagePack extension 5': extension,
};

export function payloadsBeside(): string {
  const rows = values.map((value) => {
    const [theirs, reason] = besides(value);
    const ours = (['json', 'msgpack', 'cbor'] as const).map((to) => arrival(value, to).replaceAll('|', '\\|'));
    return `| ${value.name} | ${ours.join(' | ')} | ${theirs} | ${reason} |`;
  });
  return `Autobahn|Python at both ends, from each serializer to each, as an argument, a result, an error, an event, a retained event, a remembered event
(\`get_events\`) and a testament. With the same serializer at both ends everything arrives byte for byte through our router; the columns say what arrives
in another one. [Payloads](payloads.md) explains the notation. The columns of Crossbar.io 26.10.1 were recorded; there, "–" means: as with us.

| sent | to JSON | to MessagePack | to CBOR | at Crossbar.io | why |
|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

const names: { readonly [serializer: string]: string } = { json: 'JSON', msgpack: 'MessagePack', cbor: 'CBOR' };

/** What Crossbar.io does otherwise with it, and why. */
function besides({ name }: Value): readonly [theirs: string, reason: string] {
  const own = recorded.filter(({ value }) => value === name);
  if (own.length === 0) return ['–', ''];
  const reason = reasons[name];
  if (reason === undefined) throw new Error(`crossbar.json has differences for ${name}, and beside.ts has no reason for them`);
  const byOutcome = new Map<string, Map<string, Set<string>>>();
  for (const { from, to, arrived, routes: by } of own) {
    const outcome = inWords(arrived);
    const ways = byOutcome.get(outcome) ?? new Map<string, Set<string>>();
    byOutcome.set(outcome, ways);
    const way = `${names[from]} → ${names[to]}`;
    ways.set(way, new Set([...(ways.get(way) ?? []), ...by]));
  }
  const texts = [...byOutcome].map(([outcome, ways]) => {
    const byRoutes = new Map<string, string[]>();
    for (const [way, by] of ways) {
      const only = by.size === routes.length ? '' : ` (${routes.filter((route) => by.has(route)).join(', ')})`;
      byRoutes.set(only, [...(byRoutes.get(only) ?? []), way]);
    }
    return `${[...byRoutes].map(([only, where]) => `${where.join(', ')}${only}`).join('; ')}: ${outcome}`;
  });
  return [texts.join('<br>').replaceAll('|', '\\|'), reason];
}

function inWords(arrived: string): string {
  if (arrived === 'nothing came' || arrived === 'fails') return 'does not arrive';
  if (/^(session ended|TransportLost|wamp\.error\.canceled)/.test(arrived)) return 'ends a session';
  const [value, bytes] = arrived.split(/,? but (?:in )?bytes /);
  return bytes === undefined ? `\`${value}\`` : `\`${value}\` in other bytes`;
}
