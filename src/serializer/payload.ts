/*
 * The one payload model of every serializer: JSON values and `Uint8Array`. Members that are undefined are dropped, items that are
 * undefined are null, so are numbers that are not finite; what has `toJSON`, as `Date` has, goes as what it gives. A function, symbol,
 * Map, Set, promise or cycle is a `SerializationError` that names the path.
 *
 * A walk over a value copies only what an encoder would not make of itself what the model says, so that the usual payload is looked at
 * once and handed on as it is. Every encoder of ours sees to what is undefined or not finite by itself.
 */
import { SerializationError } from '../errors.ts';

/** What differs between serializers. Each gives what the encoder understands. */
export interface Dialect {
  readonly bytes?: (bytes: Uint8Array) => unknown;
  /** Undefined for what cannot be written. */
  readonly bigint?: (value: bigint) => unknown;
  /** Sees every value before the model does, as `JSON.stringify` has it. */
  readonly replacer?: ((key: string, value: unknown) => unknown) | undefined;
}

/** A value that the walk is in, and those around it. */
interface Place {
  /** Undefined for a value with `toJSON`: what that gives is in the same place. */
  readonly key: string | number | undefined;
  readonly value: object;
  readonly depth: number;
  readonly up: Place | undefined;
}

type AnyDict = { [key: string]: unknown };

const MAX_DEPTH = 1000;

/** Gives the message itself, or a copy that holds only what the encoder understands. */
export function payloadWalk({ bytes, bigint, replacer }: Dialect): (message: object) => unknown {
  const list = (items: readonly unknown[], place: Place | undefined): unknown => {
    let copy: unknown[] | undefined;
    for (let i = 0; i < items.length; i++) {
      const fit = walk(i, items[i], place);
      if (fit !== items[i]) {
        copy ??= items.slice();
        copy[i] = fit;
      }
    }
    return copy ?? items;
  };
  const dict = (members: Readonly<AnyDict>, place: Place | undefined): unknown => {
    let copy: AnyDict | undefined;
    for (const key of Object.keys(members)) {
      const value = members[key];
      const fit = walk(key, value, place);
      const isProto = key === '__proto__';
      if (fit === value && !isProto) continue;
      copy ??= { ...members };
      if (isProto) delete copy[key];
      else copy[key] = fit;
    }
    return copy ?? members;
  };
  const walk = (key: string | number, given: unknown, up: Place | undefined): unknown => {
    const value = replacer ? replacer(String(key), given) : given;
    switch (typeof value) {
      case 'object':
        return value && object(key, value, up);
      case 'bigint':
        return bigint?.(value) ?? refuse('a bigint', key, up);
      case 'function':
      case 'symbol':
        return refuse(`a ${typeof value}`, key, up);
      default:
        return value;
    }
  };
  const object = (key: string | number, value: object, up: Place | undefined): unknown => {
    if (Array.isArray(value)) return list(value, enter(key, value, up));
    const prototype: unknown = Object.getPrototypeOf(value);
    const isPlain = prototype === Object.prototype || prototype === null;
    if (!isPlain && value instanceof Uint8Array) return bytes ? bytes(value) : value;
    if (hasToJson(value)) return walk(key, value.toJSON(String(key)), enter(undefined, value, up));
    if (isPlain) return dict(value as AnyDict, enter(key, value, up));
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    switch (tag) {
      case 'Object': // an instance of a class: its own members, as JSON has it
        return dict({ ...value }, enter(key, value, up));
      case 'Number':
      case 'String':
      case 'Boolean':
        return walk(key, value.valueOf(), up);
      case 'Uint8Array': // of another realm
        return walk(key, Uint8Array.from(value as Uint8Array), up);
      case 'Error':
        return refuse('an Error (send its message, or throw an ApplicationError)', key, up);
      default:
        return refuse(`${/^[AEIOU]/.test(tag) ? 'an' : 'a'} ${tag}`, key, up);
    }
  };
  return (message) => (Array.isArray(message) ? list(message, undefined) : dict(message as AnyDict, undefined));
}

function enter(key: string | number | undefined, value: object, up: Place | undefined): Place {
  const depth = up ? up.depth + 1 : 0;
  const place = { key, value, depth, up };
  // A cycle gets to any depth, so shallow values need not be searched for one.
  if (depth > 16) for (let at = up; at; at = at.up) if (at.value === value) refuseCycle(place);
  if (depth > MAX_DEPTH) refuse(`a value nested deeper than ${MAX_DEPTH}`, key, up);
  return place;
}

function refuse(what: string, key: string | number | undefined, up: Place | undefined): never {
  const path = [...placesTo(up), { key }].flatMap((place) => place.key ?? []);
  throw new SerializationError(`expected JSON values and Uint8Array, got ${what}`, { path });
}

/** The path ends where the cycle closes for the first time. */
function refuseCycle(last: Place): never {
  const places = placesTo(last);
  const at = places.find(({ value }, i) => places.findIndex((place) => place.value === value) < i) ?? last;
  refuse('a cycle', at.key, at.up);
}

/** From the outside in. */
function placesTo(place: Place | undefined): Place[] {
  const places: Place[] = [];
  for (let at = place; at; at = at.up) places.unshift(at);
  return places;
}

function hasToJson(value: object): value is { toJSON(key: string): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}
