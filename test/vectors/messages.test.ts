/* The specification's vectors for single messages: bytes ⇄ messages, and which messages must be refused. CBOR is not there yet. */
import { json, ProtocolError, type Serializer } from 'autostrada';
import { msgpack } from 'autostrada/msgpack';
import { describe, expect, it } from 'vitest';
import { parseMessage, toWire } from '../../src/protocol/codec.ts';
import type { Message } from '../../src/protocol/messages.ts';
import { clientInbound, type Inbound, routerInbound } from '../../src/protocol/rows.ts';
import { isHere, serialization, validation, whyNot } from '../fixtures/vectors.ts';

/** Their payload is one bare binary in place of Arguments: Autobahn's own form, which the specification forbids ("no polymorphism"). */
const bare = [
  'EVENT with transparent payload (encrypted E2E)',
  'EVENT with both forward_for and E2EE (advanced R-Link + encryption)',
  'PUBLISH with transparent payload (encrypted E2E)',
  'PUBLISH with both forward_for and E2EE (advanced R-Link + encryption)',
];
/** The same form, among the messages that must be taken. */
const bareButValid = [
  'EVENT.Details.enc_algo cryptobox (valid with payload)',
  'EVENT.Details.enc_serializer cbor (valid with payload)',
  'PUBLISH.Options.enc_algo cryptobox (valid with payload)',
  'PUBLISH.Options.enc_serializer cbor (valid with payload)',
];
/** They refuse wrong values of keys that are Autobahn's and not the specification's: unknown keys are ignored. */
const foreignKeys = [
  'EVENT.Details.transaction_hash with invalid type int',
  'EVENT.Details.x_acknowledged_delivery with invalid type string',
  'EVENT.Details.forward_for with invalid type string',
  'PUBLISH.Options.transaction_hash with invalid type int',
  'PUBLISH.Options.forward_for with invalid type string',
  'SUBSCRIBE.Options.forward_for with invalid type string',
];
/** Refused as they must be, but for the bare payload; so the text does not name the key. */
const refusedForPayload = ['EVENT.Details.enc_algo with invalid value', 'PUBLISH.Options.enc_algo with invalid value'];

const both: Inbound<Message> = new Map<unknown, never>([...clientInbound, ...routerInbound] as never);
const serializers: Serializer[] = [json(), msgpack()];

/** What the vectors call the elements of our messages. */
const names: { readonly [ours: string]: string } = {
  type: 'message_type',
  request: 'request_id',
  requestType: 'request_type',
  registration: 'registration_id',
  authmethod: 'method',
};

function attributes(message: Message): { [attribute: string]: unknown } {
  const result: { [attribute: string]: unknown } = {};
  for (const [name, value] of Object.entries(message)) {
    const isEvent = message.type === 36;
    if (value === undefined) continue;
    if (name === 'session') result.session_id = value;
    else if ((name === 'subscription' || name === 'publication') && !isEvent) result[`${name}_id`] = value;
    else result[names[name] ?? name] = value;
  }
  // HELLO and WELCOME: the vectors show the roles in place of the details.
  if (message.type === 1 || message.type === 2) {
    result.roles = message.details.roles;
    delete result.details;
  }
  return result;
}

const expected = ({ expected_attributes: given }: (typeof serialization)[number]): { [attribute: string]: unknown } =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));

const frameOf = (serializer: Serializer, hex: string): string | Uint8Array => {
  const bytes = Buffer.from(hex, 'hex');
  return serializer.isBinary ? new Uint8Array(bytes) : bytes.toString('utf8');
};
const hexOf = (frame: string | Uint8Array): string => Buffer.from(frame as string).toString('hex');

describe.runIf(isHere)('serialization', () => {
  it('has 35 samples', () => {
    expect(serialization.length).toBe(35);
    expect(bare.filter((name) => !serialization.some(({ description }) => description === name))).toEqual([]);
  });

  for (const serializer of serializers) {
    const spec = serialization.filter(({ description }) => !bare.includes(description));
    it.each(spec.map((sample) => [sample.description, sample] as const))(`[C86] [R10] ${serializer.name}: %s`, (_, sample) => {
      const variants = sample.serializers[serializer.name] ?? [];
      expect(variants.length).toBeGreaterThan(0);
      for (const { bytes_hex } of variants) {
        const message = parseMessage(serializer.decode(frameOf(serializer, bytes_hex)), both);
        expect(attributes(message)).toEqual(expected(sample));
        const frame = serializer.encode(toWire(message));
        expect(variants.map((variant) => variant.bytes_hex)).toContain(hexOf(frame));
        expect(parseMessage(serializer.decode(frame), both)).toEqual(message);
      }
    });

    it.each(bare)(`[C86] ${serializer.name} refuses: %s`, (name) => {
      const sample = serialization.find(({ description }) => description === name);
      for (const { bytes_hex } of sample?.serializers[serializer.name] ?? []) {
        expect(() => parseMessage(serializer.decode(frameOf(serializer, bytes_hex)), both)).toThrow(/args to be a list/);
      }
    });
  }
});

describe.runIf(isHere)('validation', () => {
  const named = [...bareButValid, ...foreignKeys, ...refusedForPayload];

  it('has 67 samples, 12 of them about what is Autobahn’s', () => {
    expect(validation.length).toBe(67);
    expect(named.length).toBe(12);
    expect(named.filter((name) => !validation.some(({ description }) => description === name))).toEqual([]);
  });

  it.each(
    validation.filter(({ description }) => !named.includes(description)).map((sample) => [sample.description, sample] as const),
  )('[C86] [R10] %s', (_, { wmsg, expected_error }) => {
    if (!expected_error) {
      expect(parseMessage(wmsg, both).type).toBe(wmsg[0]);
      return;
    }
    expect(() => parseMessage(wmsg, both)).toThrow(ProtocolError);
    expect(() => parseMessage(wmsg, both)).toThrow(expected_error.contains);
  });

  const sample = (name: string) => validation.find(({ description }) => description === name)?.wmsg;
  it.each([...bareButValid, ...refusedForPayload])('refuses the bare payload of: %s', (name) => {
    expect(() => parseMessage(sample(name), both)).toThrow(/args to be a list/);
  });
  it.each(foreignKeys)('ignores the unknown key of: %s', (name) => {
    expect(() => parseMessage(sample(name), both)).not.toThrow();
  });
});

if (!isHere) it(whyNot, ({ skip }) => skip(whyNot));
