/* docs/payloads.md, from the table of payloads. page.mjs writes it. */
import { FAILS, type Value, values } from './values.ts';

export function payloadsPage(): string {
  const rows = values.map(
    (value) => `| ${value.name} | ${arrival(value, 'json')} | ${arrival(value, 'msgpack')} | ${arrival(value, 'cbor')} |`,
  );
  return `# Payloads: what arrives as what

Between two clients with the same serializer, our router passes on each payload byte for byte. This table says what arrives when the receiver uses
another serializer. \`2.0\` is a float, \`2\` an integer, \`h'00'\` bytes. "Fails" means: a call is answered with \`wamp.error.invalid_argument\`, an
event does not arrive, and an error arrives with its own URI, and a text instead of its payload.

An integer that goes from one serializer to another has at most 4,096 bits: 512 bytes as a bignum of CBOR, 1,234 digits in JSON. A larger one fails, because the time
to read and write its digits grows with the square of their number. Between two clients with the same serializer it arrives, as everything does. With \`int64: 'bigint'\` our client
reads bignums of up to 512 bytes; without it, it reads up to 64 bytes and rounds them.

MessagePack has integers of 64 bits. A larger one goes there as a float, if that float is exactly equal to it, and fails otherwise. Up to 10^21, JavaScript writes a float
without a fraction as an integer in JSON (\`1e20\` as \`100000000000000000000\`): such digits arrive as this float.

| sent | to JSON | to MessagePack | to CBOR |
|---|---|---|---|
${rows.join('\n')}

\`docs/interop.md\` in the repository says what Crossbar.io does differently, and why.
`;
}

/** What arrives in another serializer, for a cell. */
export function arrival({ crossed }: Value, to: 'json' | 'msgpack' | 'cbor'): string {
  const form = typeof crossed === 'string' ? crossed : crossed[to];
  if (form === undefined) return '–';
  if (form === FAILS) return 'fails';
  return form.length > 60 ? `\`${form.slice(0, 40)}…\`` : `\`${form}\``;
}
