/*
 * JSON with WAMP's "Binary conversion of JSON Strings": bytes are sent as a string of U+0000 and base64, in both directions
 * and at any depth. A string that begins with U+0000 and has anything but base64 after it is not changed.
 */
import { messageOf, SerializationError } from '../base/errors.ts';
import { checkOptions, func } from '../base/options.ts';
import { base64ToBytes, bytesToBase64 } from './bytes/base64.ts';
import { payloadWalk } from './payload.ts';
import type { Serializer } from './serializer.ts';

export interface JsonOptions {
  /**
   * As for `JSON.stringify`. It gets each value before it is checked. Default: none. Use it to send what JSON does not have,
   * such as BigInt.
   */
  readonly replacer?: ((key: string, value: unknown) => unknown) | undefined;
  /** As for `JSON.parse`. It gets bytes as `Uint8Array`. Default: none. */
  readonly reviver?: ((key: string, value: unknown) => unknown) | undefined;
}

/** In JSON, U+0000 is always escaped, and `__proto__` may be escaped. Most frames have neither. */
const SECOND_LOOK = /\\u00(00|5f|6f|7[024])|"__proto__"/i;

/**
 * The JSON serializer, `wamp.2.json`.
 *
 * Payloads are JSON values and `Uint8Array`. Members with the name `__proto__` are left out, in both directions.
 *
 * @throws TypeError for options that do not exist, and for options that are not functions.
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
        // The reviver threw, or the value is nested too deeply. If the frame is not JSON, this second `JSON.parse` throws.
        throw new SerializationError(messageOf(cause), { cause, envelope: JSON.parse(frame) });
      }
    },
  };
}

function revive(value: unknown): unknown {
  return typeof value === 'string' && value.charCodeAt(0) === 0 ? (base64ToBytes(value, 1) ?? value) : value;
}

/** Changes the value itself, which has just been parsed and belongs to nobody else. */
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
