/*
 * WAMP "Payload Passthru Mode": how `{ args, kwargs }` becomes one binary item, by a serializer that need not be the session's. What a
 * cipher is named for, and what no serializer is named for (`native`), is the user's own bytes, and stays as it is, both ways.
 */

import { isDict, show } from '../../base/checks.ts';
import { messageOf, SerializationError } from '../../base/errors.ts';
import { checkGiven } from '../../base/given.ts';
import { args, kwargs } from '../../protocol/checks.ts';
import { hasKeys } from '../../protocol/codec.ts';
import { json } from '../../serializer/json.ts';
import type { Serializer } from '../../serializer/serializer.ts';
import type { PayloadPassthru, PayloadPassthruOptions } from '../api/payload.ts';

/**
 * For `ConnectionOptions.passthru`: packs by the serializer that `ppt_serializer` names, and announces the feature to the router.
 *
 * What WAMP does not allow together is a TypeError, and nothing is sent: the scheme `wamp` needs the serializer `cbor` or `flatbuffers`,
 * `mqtt` takes no cipher and no key, a scheme of one's own begins with `x_`. With a cipher, with `native`, and without a serializer, args
 * are one `Uint8Array`, which both sides see as it is; all else is a {@link SerializationError}.
 *
 * @param options - `serializers`: beside JSON, which is always there.
 * @example new Connection({ url, realm, passthru: passthru({ serializers: [msgpack()] }) });
 */
export function passthru(options: { readonly serializers?: readonly Serializer[] | undefined } = {}): PayloadPassthru {
  checkGiven('options of passthru to be an object', options ?? {});
  const given = options?.serializers ?? [];
  if (!Array.isArray(given)) checkGiven('serializers of passthru to be a list', String(given));
  for (const each of given) checkGiven('serializers of passthru to be serializers', each, 'encode');
  const serializers = given.some(({ name }) => name === 'json') ? given : [...given, json()];
  const find = (name: string): Serializer => {
    for (const serializer of serializers) if (serializer.name === name) return serializer;
    const names = serializers.map((serializer) => serializer.name).join(', ');
    throw new SerializationError(`expected ppt_serializer to be one of those given to passthru() (${names}), got '${name}'`);
  };
  return {
    pack(args, kwargs, attributes) {
      checkAttributes(attributes);
      const name = packer(attributes);
      if (name === undefined) {
        const [item] = args;
        if (args.length === 1 && isBytes(item) && !hasKeys(kwargs)) return item;
        throw new SerializationError('expected args with one Uint8Array, which is passed through as it is, and no kwargs');
      }
      const serializer = find(name);
      try {
        const frame = serializer.encode({ args, kwargs });
        return typeof frame === 'string' ? new TextEncoder().encode(frame) : frame;
      } catch (cause) {
        const path = cause instanceof SerializationError ? cause.path : [];
        const where = path.length > 0 ? ` (${path.join('.')})` : '';
        throw new SerializationError(`cannot pack a payload in ${name}: ${messageOf(cause)}${where}`, { cause, path });
      }
    },
    unpack(item, details) {
      const name = packer(details);
      if (name === undefined) return { args: [item] };
      const serializer = find(name);
      let packed: unknown;
      try {
        packed = serializer.decode(serializer.isBinary ? item : new TextDecoder('utf-8', { fatal: true }).decode(item));
      } catch (cause) {
        throw new SerializationError(`cannot unpack a payload in ${name}: ${messageOf(cause)}`, { cause });
      }
      if (isPacked(packed)) return packed;
      throw new SerializationError(`expected a payload in ${name} to be a dict of args and kwargs, got ${show(packed)}`);
    },
  };
}

/** The serializer that the payload is packed by; undefined: by none that concerns us. */
function packer({ ppt_serializer: name, ppt_cipher: cipher }: PayloadPassthruOptions): string | undefined {
  return cipher || !name || name === 'native' ? undefined : name;
}

/** What WAMP allows together. Receivers take more: what others send need not be right to be useful. */
function checkAttributes(options: PayloadPassthruOptions): void {
  const { ppt_scheme: scheme, ppt_serializer: serializer, ppt_cipher: cipher, ppt_keyid: keyid } = options;
  for (const value of [scheme, serializer, cipher, keyid])
    if (value !== undefined && typeof value !== 'string')
      throw new TypeError(`expected ppt_ attributes to be strings, got ${show(value)}`);
  if (scheme === 'wamp') {
    if (serializer !== 'cbor' && serializer !== 'flatbuffers')
      throw new TypeError(`expected ppt_serializer 'cbor' or 'flatbuffers' with ppt_scheme 'wamp', got ${show(serializer)}`);
  } else if (scheme === 'mqtt') {
    if (cipher || keyid) throw new TypeError(`expected no ppt_cipher and no ppt_keyid with ppt_scheme 'mqtt'`);
  } else if (scheme?.slice(0, 2) !== 'x_') {
    throw new TypeError(`expected ppt_scheme to be 'wamp', 'mqtt' or 'x_…', got ${show(scheme)}`);
  }
}

/** Nothing, and null, as in messages: it is left out, or empty. */
function isPacked(value: unknown): value is ReturnType<PayloadPassthru['unpack']> {
  return isDict(value) && !args(value.args ?? null) && !kwargs(value.kwargs ?? null);
}

/** Also one of another realm, for example of an iframe. */
function isBytes(value: unknown): value is Uint8Array {
  return Object.prototype.toString.call(value) === '[object Uint8Array]';
}
