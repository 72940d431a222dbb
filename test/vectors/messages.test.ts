/*
 * The specification's vectors for single messages: bytes ⇄ messages, and which messages must be refused. Some are written in Autobahn's
 * dialect. The strict profile, which is all that the product has, refuses or ignores what is not the specification's in them, and a profile
 * of this folder reads them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { json, ProtocolError, type Serializer } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../src/protocol/codec.ts';
import type { Message } from '../../src/protocol/messages.ts';
import { clientInbound, type Inbound, routerInbound } from '../../src/protocol/rows.ts';
import {
  foreignKeys,
  isHere,
  type SerializationSample,
  serialization,
  type ValidationSample,
  validation,
  whyNot,
} from '../fixtures/vectors.ts';
import { toWire } from '../fixtures/wire.ts';
import { compatToWire, parseCompat } from './compat-profile.ts';

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
/** Refused as they must be, but for the bare payload; so the text does not name the key. */
const refusedForPayload = ['EVENT.Details.enc_algo with invalid value', 'PUBLISH.Options.enc_algo with invalid value'];

const both: Inbound<Message> = new Map<unknown, never>([...clientInbound, ...routerInbound] as never);
const serializers: Serializer[] = [json(), msgpack(), cbor()];

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
    if (value instanceof Uint8Array) result[name] = Buffer.from(value).toString('hex');
    else if (name === 'session') result.session_id = value;
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

const expected = ({ expected_attributes: given }: SerializationSample): { [attribute: string]: unknown } =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));

const frameOf = (serializer: Serializer, hex: string): string | Uint8Array => {
  const bytes = Buffer.from(hex, 'hex');
  return serializer.isBinary ? new Uint8Array(bytes) : bytes.toString('utf8');
};
const hexOf = (frame: string | Uint8Array): string => Buffer.from(frame as string).toString('hex');

interface Profile {
  readonly parse: (list: readonly unknown[]) => Message;
  readonly write: (message: Message) => unknown[];
}
const strict: Profile = { parse: (list) => parseMessage(list, both), write: toWire };
const compat: Profile = { parse: (list) => parseCompat(list, both), write: compatToWire };

/** Every variant is read as the same message, which is written as one of them, and read again as the same. */
function expectSerialized(sample: SerializationSample, serializer: Serializer, { parse, write }: Profile): void {
  const variants = sample.serializers[serializer.name] ?? [];
  expect(variants.length).toBeGreaterThan(0);
  for (const { bytes_hex } of variants) {
    const message = parse(serializer.decode(frameOf(serializer, bytes_hex)));
    expect(attributes(message)).toEqual(expected(sample));
    const frame = serializer.encode(write(message));
    expect(variants.map((variant) => variant.bytes_hex)).toContain(hexOf(frame));
    expect(parse(serializer.decode(frame))).toEqual(message);
  }
}

function expectValidated({ wmsg, expected_error }: ValidationSample, { parse }: Profile): void {
  if (!expected_error) {
    expect(parse(wmsg).type).toBe(wmsg[0]);
    return;
  }
  expect(() => parse(wmsg)).toThrow(ProtocolError);
  expect(() => parse(wmsg)).toThrow(expected_error.contains);
}

const byName = <T extends { readonly description: string }>(samples: readonly T[]): [string, T][] =>
  samples.map((sample) => [sample.description, sample]);

describe.runIf(isHere)('the test vectors of serialization', () => {
  const inSpec = serialization.filter(({ description }) => !bare.includes(description));
  const inDialect = serialization.filter(({ description }) => bare.includes(description));

  it('include 35 samples, 4 of them in Autobahn’s dialect', () => {
    expect(new Set(serialization.map(({ description }) => description)).size).toBe(35);
    expect([inSpec.length, inDialect.length]).toEqual([31, 4]);
  });

  describe.each(serializers)('for $name', (serializer) => {
    it('[C86] [R10] pass 35 of 35, the dialect with its own profile', () => {
      const passed = serialization.filter((sample) => {
        expectSerialized(sample, serializer, inDialect.includes(sample) ? compat : strict);
        return true;
      });
      expect(passed.length).toBe(35);
    });

    it.each(byName(inSpec))('[C86] [R10] pass: %s', (_, sample) => {
      expectSerialized(sample, serializer, strict);
      expectSerialized(sample, serializer, compat);
    });

    it.each(byName(inDialect))('[C86] pass in the dialect: %s', (_, sample) => expectSerialized(sample, serializer, compat));

    it.each(byName(inDialect))('[C86] are refused by the strict profile: %s', (_, sample) => {
      for (const { bytes_hex } of sample.serializers[serializer.name] ?? []) {
        expect(() => strict.parse(serializer.decode(frameOf(serializer, bytes_hex)))).toThrow(/args to be a list/);
      }
    });
  });
});

describe.runIf(isHere)('the test vectors of validation', () => {
  const named = [...bareButValid, ...foreignKeys, ...refusedForPayload];
  const inSpec = validation.filter(({ description }) => !named.includes(description));

  it('include 67 samples, 12 of them about Autobahn’s extensions', () => {
    expect(new Set(validation.map(({ description }) => description)).size).toBe(67);
    expect([inSpec.length, named.length]).toEqual([55, 12]);
    expect(validation.filter(({ expected_error }) => expected_error).length).toBe(28);
  });

  it('[C86] [R10] pass 67 of 67 in the dialect', () => {
    const passed = validation.filter((sample) => {
      expectValidated(sample, compat);
      return true;
    });
    expect(passed.length).toBe(67);
  });

  it.each(byName(inSpec))('[C86] [R10] pass: %s', (_, sample) => expectValidated(sample, strict));
  it.each(byName(validation.filter(({ description }) => named.includes(description))))(
    '[C86] [R10] pass in the dialect: %s',
    (_, sample) => expectValidated(sample, compat),
  );

  const list = (name: string): readonly unknown[] => validation.find(({ description }) => description === name)?.wmsg ?? [];
  it.each([...bareButValid, ...refusedForPayload])('have a bare payload that the strict profile refuses: %s', (name) => {
    expect(() => strict.parse(list(name))).toThrow(/args to be a list/);
  });
  it.each(foreignKeys)('have an unknown key that the strict profile ignores: %s', (name) => {
    expect(() => strict.parse(list(name))).not.toThrow();
  });
  it('have a bare payload that the dialect accepts only if enc_algo announces it', () => {
    for (const message of [
      [36, 123, 456, {}, 'a166'],
      [16, 123, { enc_serializer: 'cbor' }, 'com.example.topic', Uint8Array.of(1)],
      [48, 123, { enc_algo: 'cryptobox' }, 'com.example.add', Uint8Array.of(1)],
    ]) {
      expect(() => compat.parse(message)).toThrow(/args to be a list/);
    }
  });
});

it('the dialect is only in the layer for programs written in it', () => {
  const src = path.resolve(import.meta.dirname, '../../src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const knows = /enc_algo|forward_for|transaction_hash|x_acknowledged_delivery|compat-profile/;
  const ours = files.filter((file) => !file.startsWith('autobahn'));
  expect(ours.filter((file) => knows.test(readFileSync(path.join(src, file), 'utf8')))).toEqual([]);
});

if (!isHere) it(whyNot, ({ skip }) => skip(whyNot));
