/*
 * The one payload model of every serializer: JSON values and `Uint8Array`. Members that are undefined are dropped, items that are
 * undefined are null, so are numbers that are not finite; what has `toJSON`, as `Date` has, goes as what it gives. A function, symbol,
 * Map, Set, promise or cycle is a `SerializationError` that names the path.
 *
 * `PayloadWalk` walks a value and copies only what must change, so that the usual payload is looked at once and handed on as it is.
 */
import { SerializationError } from '../errors.ts';

/** What differs between serializers. Each gives what the encoder understands. */
export interface Dialect {
  readonly bytes?: ((bytes: Uint8Array) => unknown) | undefined;
  /** Text that the encoder would not write well, keys included. */
  readonly string?: (value: string) => string;
  /** Undefined for what cannot be written. */
  readonly bigint?: ((value: bigint) => unknown) | undefined;
  /** Integers that the encoder would not write as integers. */
  readonly number?: (value: number) => unknown;
  /** Dicts that the encoder would not write as dicts. */
  readonly dict?: (value: { readonly [key: string]: unknown }) => unknown;
  /** Sees every value before the model does, as `JSON.stringify` has it. */
  readonly replacer?: ((key: string, value: unknown) => unknown) | undefined;
}

const MAX_DEPTH = 1000;

/** Walks messages for one serializer. */
export class PayloadWalk {
  private readonly dialect: Dialect;
  /** Where the walk is; undefined where it went into what `toJSON` gave, which is in the same place. */
  private readonly keys: (string | number | undefined)[] = [];
  private readonly parents: object[] = [];

  constructor(dialect: Dialect) {
    this.dialect = dialect;
  }

  /** The message itself, or a copy that holds only what the encoder understands. */
  plain(message: readonly unknown[] | { readonly [key: string]: unknown }): unknown {
    try {
      return isList(message) ? this.list(message) : this.fitDict(message);
    } finally {
      this.keys.length = this.parents.length = 0;
    }
  }

  private list(list: readonly unknown[]): readonly unknown[] {
    let copy: unknown[] | undefined;
    for (let i = 0; i < list.length; i++) {
      const value = list[i];
      const fit = this.value(i, value);
      if (fit !== value || (fit === undefined && value === undefined)) {
        copy ??= list.slice();
        copy[i] = fit === undefined ? null : fit;
      }
    }
    return copy ?? list;
  }

  private dict(dict: { readonly [key: string]: unknown }): { readonly [key: string]: unknown } {
    let copy: { [key: string]: unknown } | undefined;
    for (const key of Object.keys(dict)) {
      const value = dict[key];
      const fit = this.value(key, value);
      const name = this.dialect.string ? this.dialect.string(key) : key;
      if (fit === value && value !== undefined && name === key && key !== '__proto__') continue;
      copy ??= { ...dict };
      if (fit === undefined || name !== key || key === '__proto__') delete copy[key];
      if (fit !== undefined && key !== '__proto__') copy[name] = fit;
    }
    return copy ?? dict;
  }

  private fitDict(given: { readonly [key: string]: unknown }): unknown {
    const dict = this.dict(given);
    return this.dialect.dict ? this.dialect.dict(dict) : dict;
  }

  private value(key: string | number, given: unknown): unknown {
    const value = this.dialect.replacer ? this.dialect.replacer(String(key), given) : given;
    if (typeof value === 'string') return this.dialect.string ? this.dialect.string(value) : value;
    if (typeof value === 'boolean' || value === undefined || value === null) return value;
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) return null;
      return this.dialect.number ? this.dialect.number(value) : value;
    }
    if (typeof value === 'object') return this.object(key, value);
    if (typeof value === 'bigint') {
      const fit = this.dialect.bigint?.(value);
      if (fit !== undefined) return fit;
    }
    return this.refuse(key, `a ${typeof value}`);
  }

  private object(key: string | number, value: object): unknown {
    if (Array.isArray(value)) return this.inside(key, value, 'list');
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      return this.inside(key, value, hasToJson(value) ? 'toJSON' : 'dict');
    }
    if (value instanceof Uint8Array) return this.dialect.bytes ? this.dialect.bytes(value) : value;
    if (hasToJson(value)) return this.inside(key, value, 'toJSON');
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    switch (tag) {
      case 'Object': // an instance of a class: its own members, as JSON has it
        return this.inside(key, { ...value }, 'dict', value);
      case 'Number':
      case 'String':
      case 'Boolean':
        return this.value(key, value.valueOf());
      case 'Uint8Array': // of another realm
        return this.value(key, Uint8Array.from(value as Uint8Array));
      case 'Error':
        return this.refuse(key, 'an Error (send its message, or throw an ApplicationError)');
      default:
        return this.refuse(key, `${/^[AEIOU]/.test(tag) ? 'an' : 'a'} ${tag}`);
    }
  }

  private inside(key: string | number, value: object, as: 'list' | 'dict' | 'toJSON', identity: object = value): unknown {
    const depth = this.parents.length;
    // A cycle gets to any depth, so shallow values need not be searched for one.
    if (depth > 16 && this.parents.includes(identity)) this.refuseCycle(key, identity);
    if (depth > MAX_DEPTH) this.refuse(key, `a value nested deeper than ${MAX_DEPTH}`);
    this.keys.push(as === 'toJSON' ? undefined : key);
    this.parents.push(identity);
    const fit =
      as === 'list'
        ? this.list(value as unknown[])
        : as === 'dict'
          ? this.fitDict(value as { [key: string]: unknown })
          : this.value(key, (value as { toJSON(key: string): unknown }).toJSON(String(key)));
    this.parents.pop();
    this.keys.pop();
    return fit;
  }

  private refuse(key: string | number, what: string): never {
    throw new SerializationError(`expected JSON values and Uint8Array, got ${what}`, { path: [...this.keys, key].filter(isKey) });
  }

  private refuseCycle(key: string | number, identity: object): never {
    const parents = [...this.parents, identity];
    const at = parents.findIndex((parent, index) => parents.indexOf(parent) < index);
    const path = [...this.keys, key].slice(0, at + 1).filter(isKey);
    throw new SerializationError('expected JSON values and Uint8Array, got a cycle', { path });
  }
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isKey(key: string | number | undefined): key is string | number {
  return key !== undefined;
}

function hasToJson(value: object): value is { toJSON(key: string): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}
