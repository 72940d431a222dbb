/*
 * The payload model of all serializers: JSON values and `Uint8Array`. Members that are undefined are dropped. Items that are
 * undefined become null, and so do numbers that are not finite. A value with `toJSON`, such as `Date`, is sent as the result
 * of that. A function, symbol, Map, Set, promise or cycle is a `SerializationError` that names the path.
 *
 * A walk copies only values that an encoder would not treat by itself as the model says. So the usual payload is looked at
 * once and is not copied. Each of our encoders treats undefined and numbers that are not finite by itself.
 */
import { SerializationError } from '../base/errors.ts';

/** What differs between serializers. Each function gives a value that the encoder understands. */
export interface Dialect {
  readonly bytes?: (bytes: Uint8Array) => unknown;
  /** Gives undefined for a bigint that cannot be written. */
  readonly bigint?: (value: bigint) => unknown;
  /** Gets every value before the model does, as with `JSON.stringify`. */
  readonly replacer?: ((key: string, value: unknown) => unknown) | undefined;
}

/** A value that the walk is inside, and the values around it. */
interface Place {
  /** Undefined for the result of `toJSON`, which is at the same place as its value. */
  readonly key: Key | undefined;
  readonly value?: object;
  readonly depth: number;
  readonly up: Place | undefined;
}

type Key = string | number;
type AnyDict = { [key: string]: unknown };

/** What a serializer encodes. */
type Message = readonly unknown[] | Readonly<AnyDict>;

const MAX_DEPTH = 1000;

/** Makes a function that gives the message itself, or a copy with only what the encoder understands. */
export function payloadWalk({ bytes = (value) => value, bigint, replacer }: Dialect): (message: Message) => unknown {
  const list = (items: readonly unknown[], place?: Place): unknown => {
    let copy: unknown[] | undefined;
    for (let i = 0; i < items.length; i++) {
      const fit = walk(i, items[i], place);
      if (fit === items[i]) continue;
      copy ??= items.slice();
      copy[i] = fit;
    }
    return copy ?? items;
  };
  const dict = (members: Readonly<AnyDict>, place?: Place): unknown => {
    let copy: AnyDict | undefined;
    for (const key of Object.keys(members)) {
      const given = members[key];
      const fit = walk(key, given, place);
      if (fit === given && key !== '__proto__') continue;
      copy ??= { ...members };
      if (key === '__proto__') delete copy[key];
      else copy[key] = fit;
    }
    return copy ?? members;
  };
  const walk = (key: Key, given: unknown, up: Place | undefined): unknown => {
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
  const object = (key: Key, value: { toJSON?: unknown }, up: Place | undefined): unknown => {
    if (Array.isArray(value)) return list(value, enter(key, value, up));
    const prototype: unknown = Object.getPrototypeOf(value);
    const isPlain = prototype === Object.prototype || prototype === null;
    if (!isPlain && value instanceof Uint8Array) return bytes(value);
    if (typeof value.toJSON === 'function') return walk(key, value.toJSON(String(key)), enter(undefined, value, up));
    if (isPlain) return dict(value, enter(key, value, up));
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    if (tag === 'Uint8Array') return bytes(Uint8Array.from(value as Uint8Array)); // it may come from another JavaScript realm
    // For an instance of a class the own members count, as in JSON.
    if (tag === 'Object') return dict({ ...value }, enter(key, value, up));
    if (/^(Number|String|Boolean)$/.test(tag)) return walk(key, value.valueOf(), up);
    const hint = tag === 'Error' ? ' (send its message, or throw an ApplicationError)' : '';
    return refuse(`${/^[AEIOU]/.test(tag) ? 'an' : 'a'} ${tag}${hint}`, key, up);
  };
  return (message) => (isList(message) ? list(message) : dict(message));
}

function enter(key: Key | undefined, value: object, up: Place | undefined): Place {
  const place = { key, value, depth: up ? up.depth + 1 : 0, up };
  // With a cycle the walk gets to any depth, so shallow values need not be searched.
  if (place.depth > 16 && isInItself(place)) {
    // The path ends where the cycle closes for the first time.
    let first: Place = place;
    for (let at = up; at; at = at.up) if (isInItself(at)) first = at;
    refuse('a cycle', first.key, first.up);
  }
  if (place.depth > MAX_DEPTH) refuse(`a value nested deeper than ${MAX_DEPTH}`, key, up);
  return place;
}

function isInItself({ value, up }: Place): boolean {
  for (let at = up; at; at = at.up) if (at.value === value) return true;
  return false;
}

function refuse(what: string, key: Key | undefined, up: Place | undefined): never {
  const path: Key[] = [];
  for (let at: Place | undefined = { key, depth: 0, up }; at; at = at.up) if (at.key !== undefined) path.unshift(at.key);
  throw new SerializationError(`expected JSON values and Uint8Array, got ${what}`, { path });
}

/** `Array.isArray` does not know lists that nobody may change. */
function isList(message: Message): message is readonly unknown[] {
  return Array.isArray(message);
}
