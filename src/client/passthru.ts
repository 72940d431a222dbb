/*
 * WAMP "Payload Passthru Mode", the client's side: `{ args, kwargs }` goes through the router as one binary item, packed by a serializer
 * that need not be the session's. What a cipher is named for, and what no serializer is named for (`native`), is the user's own bytes
 * and stays as it is, both ways. Called only where `ppt_scheme` is there.
 */
import { ApplicationError, messageOf, SerializationError } from '../errors.ts';
import * as checks from '../protocol/checks.ts';
import { hasKeys } from '../protocol/codec.ts';
import { PASSTHRU, passthruAttributes } from '../protocol/features.ts';
import type { ErrorMessage, Payload } from '../protocol/messages.ts';
import type { Serializer } from '../serializer/serializer.ts';
import type { Dict } from '../words.ts';
import type { PayloadIn } from './payload.ts';
import type { Settle } from './requests.ts';
import type { Answer } from './result.ts';
import type { Role } from './role.ts';

/**
 * The payload as it is sent with these options.
 *
 * @throws TypeError for attributes that do not go together.
 * @throws {@link ApplicationError} `wamp.error.feature_not_supported` when the router has not announced the feature.
 * @throws {@link SerializationError} when the payload cannot be packed.
 */
export function pack(role: Role, router: 'broker' | 'dealer', options: Dict, { args, kwargs }: PayloadIn): Payload {
  checkAttributes(options);
  if (!role.features[router]?.[PASSTHRU])
    throw new ApplicationError('wamp.error.feature_not_supported', [`the router's ${router} did not announce ${PASSTHRU}`]);
  const name = packer(options);
  if (name === undefined) {
    if (args?.length === 1 && isBytes(args[0]) && !(kwargs && hasKeys(kwargs as Dict))) return { args };
    throw new SerializationError('expected one Uint8Array as args and no kwargs: it is passed through as it is');
  }
  const serializer = find(role, name);
  return { args: [attempt('pack', name, () => toBytes(serializer.encode({ args: args ?? [], kwargs: kwargs ?? {} })))] };
}

/** Whether the details that an endpoint gave ask for passthru. */
export function isPassthru(answer: Answer): answer is Answer & { readonly details: Dict } {
  return !!answer.details?.ppt_scheme;
}

/** An answer as it is sent. `options`: the message's own. @throws As `pack`. */
export function packAnswer(role: Role, answer: Answer & { readonly details: Dict }, options?: Dict): Answer {
  const attributes = passthruAttributes(answer.details);
  return { ...pack(role, 'dealer', attributes, answer), wire: { ...options, ...attributes } };
}

/** The message with its payload as the sender had it. @throws {@link SerializationError} when it cannot be unpacked. */
export function unpack<M extends Payload & { readonly details: Dict }>(role: Role, message: M): M {
  const name = packer(message.details);
  const [bytes, more] = message.args ?? [];
  if (name === undefined || bytes === undefined) return message;
  if (!isBytes(bytes) || more !== undefined)
    throw new SerializationError(`expected one binary item, packed in ${name}, got ${checks.show(message.args)}`);
  const serializer = find(role, name);
  return attempt('unpack', name, () => {
    const packed: unknown = serializer.decode(
      serializer.isBinary ? bytes : new TextDecoder('utf-8', { fatal: true }).decode(bytes),
    );
    if (isPacked(packed)) return { ...message, args: packed.args ?? undefined, kwargs: packed.kwargs ?? undefined };
    throw new SerializationError(`expected args and kwargs, got ${checks.show(packed)}`);
  });
}

/** Settles a call with what its RESULT holds. */
export function resolvePacked<M extends Payload & { readonly details: Dict }>(role: Role, settle: Settle<M>, message: M): void {
  let result: M;
  try {
    result = unpack(role, message);
  } catch (error) {
    return settle.reject(error);
  }
  settle.resolve(result);
}

/** What an ERROR says. A payload that cannot be unpacked stays packed, since the URI says most; `cause` tells why. */
export function failureOf(role: Role, message: ErrorMessage): ApplicationError {
  const { error, details } = message;
  let { args, kwargs } = message;
  let cause: unknown;
  try {
    if (details.ppt_scheme) ({ args, kwargs } = unpack(role, message));
  } catch (thrown) {
    cause = thrown;
  }
  return new ApplicationError(error, args, kwargs, { details, cause });
}

/** Nothing, and null, as in messages: it is left out, or empty. */
function isPacked(value: unknown): value is { readonly [element in keyof Payload]: Payload[element] | null } {
  return checks.isDict(value) && !checks.args(value.args ?? null) && !checks.kwargs(value.kwargs ?? null);
}

/** The serializer that the payload is packed by; undefined: by none that concerns us. */
function packer({ ppt_serializer: name, ppt_cipher: cipher }: Dict): string | undefined {
  return cipher || !name || name === 'native' ? undefined : String(name);
}

/** The attributes that WAMP allows together. Receivers take more: what others send need not be right to be useful. */
function checkAttributes(options: Dict): void {
  const { ppt_scheme: scheme, ppt_serializer: serializer, ppt_cipher: cipher, ppt_keyid: keyid } = options;
  for (const value of [scheme, serializer ?? '', cipher ?? '', keyid ?? ''])
    if (typeof value !== 'string') throw new TypeError(`expected ppt_ attributes to be strings, got ${checks.show(value)}`);
  if (scheme === 'wamp') {
    if (serializer !== 'cbor' && serializer !== 'flatbuffers')
      throw new TypeError(`expected ppt_serializer 'cbor' or 'flatbuffers' with ppt_scheme 'wamp', got ${checks.show(serializer)}`);
  } else if (scheme === 'mqtt') {
    if (cipher || keyid) throw new TypeError(`expected no ppt_cipher and no ppt_keyid with ppt_scheme 'mqtt'`);
  } else if (String(scheme).slice(0, 2) !== 'x_') {
    throw new TypeError(`expected ppt_scheme to be 'wamp', 'mqtt' or 'x_…', got ${checks.show(scheme)}`);
  }
}

function find({ serializers }: Role, name: string): Serializer {
  for (const serializer of serializers) if (serializer.name === name) return serializer;
  throw new SerializationError(`expected ppt_serializer to be one of the connection's, got '${name}'`);
}

function attempt<T>(what: string, name: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const path = cause instanceof SerializationError ? cause.path : [];
    const where = path.length > 0 ? `${path.join('.')}: ` : '';
    throw new SerializationError(`cannot ${what} a payload in ${name}: ${where}${messageOf(cause)}`, { cause, path });
  }
}

function toBytes(frame: string | Uint8Array): Uint8Array {
  return typeof frame === 'string' ? new TextEncoder().encode(frame) : frame;
}

/** Also one of another realm, as of a frame. */
function isBytes(value: unknown): value is Uint8Array {
  return Object.prototype.toString.call(value) === '[object Uint8Array]';
}
