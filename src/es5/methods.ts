/*
 * Methods of lists, text, numbers and dicts that are newer than ECMAScript 5, if we or our libraries call them: a test looks for
 * calls of methods that are missing here.
 */
import { define, fill, root } from './define.ts';
import { walk } from './symbol.ts';

// By itself: a linter makes `Object.hasOwn` of the whole.
const isOwn = Object.prototype.hasOwnProperty;

fill(Object, {
  assign(target: Record<string, unknown>, ...sources: readonly (Record<string, unknown> | null | undefined)[]): object {
    for (const source of sources) for (const key of Object.keys(source ?? {})) target[key] = source?.[key];
    return target;
  },
  entries: (dict: Record<string, unknown>) => Object.keys(dict).map((key) => [key, dict[key]]),
  values: (dict: Record<string, unknown>) => Object.keys(dict).map((key) => dict[key]),
  fromEntries(entries: Iterable<readonly [string, unknown]>): object {
    const dict: Record<string, unknown> = {};
    for (const [key, value] of entries) dict[key] = value;
    return dict;
  },
  hasOwn: (dict: object, key: PropertyKey) => isOwn.call(dict, key),
});

// They throw for a primitive; newer engines convert it to an object.
for (const name of ['keys', 'getPrototypeOf'] as const) {
  const strict = Object[name];
  try {
    strict('');
  } catch {
    define(Object, name, (value: unknown) => strict(Object(value)));
  }
}

fill(Array, {
  from(list: (Iterable<unknown> & ArrayLike<unknown>) | null, each?: (value: unknown, index: number) => unknown): unknown[] {
    const values: unknown[] = [];
    if (list?.[Symbol.iterator]) for (const value of list) values.push(value);
    else for (let i = 0; i < (list?.length ?? 0); i++) values.push(list?.[i]);
    return each ? values.map((value, index) => each(value, index)) : values;
  },
});

fill(Array.prototype, {
  at(this: readonly unknown[], index: number): unknown {
    return this[index < 0 ? index + this.length : index];
  },
  entries(this: readonly unknown[]): Iterator<unknown> {
    return walk(this, (index) => [index, this[index]]);
  },
  find(this: readonly unknown[], is: (value: unknown, index: number) => unknown): unknown {
    return this[this.findIndex(is)];
  },
  findIndex(this: readonly unknown[], is: (value: unknown, index: number) => unknown): number {
    for (let i = 0; i < this.length; i++) if (is(this[i], i)) return i;
    return -1;
  },
  flatMap(this: readonly unknown[], each: (value: unknown, index: number) => unknown): unknown[] {
    const none: unknown[] = [];
    return none.concat(...this.map((value, index) => each(value, index)));
  },
  includes(this: readonly unknown[], value: unknown): boolean {
    return this.some((one) => one === value || (Number.isNaN(one) && Number.isNaN(value)));
  },
});

fill(String.prototype, {
  endsWith(this: string, end: string): boolean {
    return this.slice(-end.length) === end || end === '';
  },
  includes(this: string, part: string, from?: number): boolean {
    return this.indexOf(part, from) >= 0;
  },
  padStart(this: string, length: number, by = ' '): string {
    return by.repeat(Math.max(0, length - this.length)).slice(0, Math.max(0, length - this.length)) + this;
  },
  repeat(this: string, times: number): string {
    return new Array(times + 1).join(this);
  },
  startsWith(this: string, start: string, from = 0): boolean {
    return this.substr(from, start.length) === start;
  },
});

const isInteger = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && Math.floor(value) === value;
fill(Number, {
  isFinite: (value: unknown) => typeof value === 'number' && root.isFinite(value),
  isInteger,
  isNaN: (value: unknown) => typeof value === 'number' && root.isNaN(value),
  isSafeInteger: (value: number) => isInteger(value) && Math.abs(value) <= 9007199254740991,
  parseFloat: root.parseFloat,
  parseInt: root.parseInt,
});

fill(Math, {
  sign: (value: number) => (value > 0 ? 1 : value < 0 ? -1 : value),
  trunc: (value: number) => (value < 0 ? Math.ceil(value) : Math.floor(value)),
});
// Some WebKits have one that takes no number of 2^31 or more.
if (Math.imul?.(0xffffffff, 5) !== -5) {
  // In halves: the product of two 32-bit numbers is more than a double holds exactly.
  define(Math, 'imul', (a: number, b: number) => {
    const cross = (((a >>> 16) * (b & 0xffff)) << 16) + (((a & 0xffff) * (b >>> 16)) << 16);
    return (cross + (a & 0xffff) * (b & 0xffff)) | 0;
  });
}
