/*
 * JSON, with WAMP's "Binary conversion of JSON Strings": bytes travel as a string of U+0000 and base64, both ways, at any depth.
 * A string that begins with U+0000 and goes on with anything but base64 stays the string that it is.
 */
import { messageOf, SerializationError } from '../base/errors.ts';
import { checkOptions, func } from '../base/options.ts';
import { base64ToBytes, bytesToBase64 } from './base64.ts';
import { payloadWalk } from './payload.ts';
import type { Serializer } from './serializer.ts';

export interface JsonOptions {
  /** As for `JSON.stringify`; sees each value before anything else does. Default: none. Use it to send what JSON does not have, as BigInt. */
  readonly replacer?: ((key: string, value: unknown) => unknown) | undefined;
  /** As for `JSON.parse`; sees bytes as `Uint8Array`. Default: none. */
  readonly reviver?: ((key: string, value: unknown) => unknown) | undefined;
}

/** U+0000 can stand in JSON only as an escape; and `__proto__` may have escapes in it. Most frames have neither. */
const SECOND_LOOK = /\\u00(00|5f|6f|7[024])|"__proto__"/i;

/**
 * The JSON serializer, `wamp.2.json`.
 *
 * Payloads are JSON values and `Uint8Array`; `__proto__` members are left out, in both directions.
 *
 * @throws TypeError for options that do not exist, or are no functions.
 */
export function json(options: JsonOptions = {}): Serializer {
  checkOptions('json()', options, { replacer: func, reviver: func });
  const { replacer, reviver } = options;
  const walk = payloadWalk({ bytes: (bytes) => `\0${bytesToBase64(bytes)}`, replacer });
  return {
    name: 'json',
    isBinary: false,
    isStandard: !replacer && !reviver,
    encode: (message) => JSON.stringify(walk(message)),
    decode(frame) {
      if (typeof frame !== 'string') throw new SerializationError('expected text, got bytes');
      try {
        if (reviver) return JSON.parse(frame, (key, value) => (key === '__proto__' ? undefined : reviver(key, revive(value))));
        const message = JSON.parse(frame);
        return SECOND_LOOK.test(frame) ? reviveInside(message) : message;
      } catch (cause) {
        // By the reviver, or nested too deeply; what is no JSON at all is refused here again.
        throw new SerializationError(messageOf(cause), { cause, envelope: JSON.parse(frame) });
      }
    },
  };
}

function revive(value: unknown): unknown {
  return typeof value === 'string' && value.charCodeAt(0) === 0 ? (base64ToBytes(value, 1) ?? value) : value;
}

/** Works in place: what was just parsed is ours. */
function reviveInside<T>(value: T): T;
function reviveInside(value: unknown): unknown {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = reviveInside(value[i]);
  } else if (typeof value === 'object' && value !== null) {
    const dict = value as { [key: string]: unknown };
    for (const key of Object.keys(dict)) {
      if (key === '__proto__') delete dict[key];
      else dict[key] = reviveInside(dict[key]);
    }
  }
  return revive(value);
}
